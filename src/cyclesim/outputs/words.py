"""The names of the vocabulary as they read in a sentence about one person."""

from cyclesim.vocabulary import Form, Group, Kind, Status

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
GROUPS = {
    Group.WOMEN: "a woman",
    Group.MEN: "a man",
    Group.GIRLS: "a girl",
    Group.BOYS: "a boy",
    Group.UNACCOMPANIED_CHILDREN: "an unaccompanied or separated child",
    Group.INSTITUTIONAL_CHILDREN: "a child who lived in institutional care before",
}
STATUSES = {
    Status.INTERNALLY_DISPLACED: "internally displaced",
    Status.REGULAR_STATUS: "with a regular status",
    Status.IRREGULAR_STATUS: "without a regular status",
    Status.HOST_COMMUNITY: "of the host community",
}
FORMS = {
    Form.SEXUAL_EXPLOITATION: "sexual exploitation",
    Form.FORCED_LABOUR: "forced labour",
    Form.DOMESTIC_SERVITUDE: "domestic servitude",
    Form.FORCED_MARRIAGE: "forced marriage",
    Form.FORCED_CRIMINALITY: "forced criminality",
    Form.OTHER: "another form of exploitation",
}
KINDS = {
    Kind.UN_INGO: "UN or international organisation",
    Kind.SPECIALIST: "specialist organisation",
    Kind.LOCAL_NGO: "local organisation",
    Kind.NEWLY_REGISTERED: "newly registered organisation",
    Kind.BORDER_FORCE: "border force",
    Kind.POLICE: "police",
    Kind.HEALTH: "health service",
    Kind.EDUCATION: "education",
    Kind.LABOUR_INSPECTORATE: "labour inspectorate",
    Kind.SOCIAL_SERVICES: "social services",
}
