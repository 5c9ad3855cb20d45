"""The documentation site, built from the root of the repository, so that links are the same in the files and here."""

project = "cyclesim"
author = "cyclesim maintainers"
project_copyright = "cyclesim maintainers, MIT licence"
root_doc = "docs/index"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
include_patterns = ["docs/*.md", "notebooks/*.ipynb", "results/*/*.md", "*.md"]
html_theme = "furo"
html_title = "cyclesim"
html_static_path = ["_static"]
html_extra_path = ["_extra"]  # index.html at the root of the site
html_copy_source = False
html_theme_options = {"source_edit_link": "", "footer_icons": []}
myst_heading_anchors = 3
myst_enable_extensions = ["deflist", "colon_fence"]
nb_execution_mode = "cache"
nb_execution_timeout = 300
nb_ipywidgets_js = {}  # would be fetched from a network
nb_execution_raise_on_error = True
autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
