"""The version of cyclesim: of the package and of its numbers; docs/releasing.md says when it moves."""

VERSION = "0.4.0"
