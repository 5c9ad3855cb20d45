"""What type checkers and editors know of parameters.py: every parameter with its type.

Made from inputs/parameters.yaml by `python docs/make_parameters.py`; do not edit by hand.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Table = dict[str, float]

class OfParameters(Generic[T]):
    def __init__(self, work: Callable[[Parameters], T]) -> None: ...
    def __call__(self, p: Parameters) -> T: ...

class Parameters:
    def __init__(self, values: dict[str, Any]) -> None: ...
    def change(self, name: str, value: float) -> None: ...

    changes: int
    record: Parameters
    records: Sequence[Parameters]
    acceptance: float
    """share of completed cases that are identified formally (share)."""
    access_displaced: float
    """factor on contact for internally displaced people (ratio)."""
    access_displaced_children: float
    """factor on contact for internally displaced children, beyond access_displaced (ratio)."""
    access_institutional: float
    """factor on contact for children formerly in institutions (a setting's `access` of 0 leaves a permanent zero in the
    data) (ratio)."""
    adaptation: float
    """loss of detectability for each tenth of the exploited who are found in a year (share)."""
    added_caseworkers: float
    """caseworkers whom an intervention adds (posts per million people)."""
    added_investigators: float
    """investigators whom an intervention adds (posts per million people)."""
    added_places: float
    """people whom an intervention assists beyond (people per month per million people)."""
    added_reception: float
    """reception posts that an intervention adds (posts per million people)."""
    added_specialists: float
    """specialists whom an intervention adds (posts per million people)."""
    added_training: float
    """rate at which an intervention trains staff (per untrained worker per month)."""
    advance_preparedness: float
    """weight of preparedness in new grants beyond the profile (share)."""
    agenda_months: float
    """time after onset in which trafficking comes onto the agenda of a response (months)."""
    ask_elasticity: float
    """elasticity of what donors give to what is asked, per person in need (exponent)."""
    ask_reference: float
    """ask at which donors' wishes are stated, coded or not (US dollars per person in need per year)."""
    assumed_covered: float
    """share of recognised cases not taken up because others are assumed to do it (share)."""
    assumed_spread: float
    """spread of the detection share that a naive donor takes for granted; 0 is certainty (standard deviation of the
    logarithm)."""
    attention_fast: float
    """half-life of the fast part of attention (months)."""
    attention_fast_share: float
    """share of the fast part (share)."""
    attention_slow: float
    """half-life of the slow part of attention (months)."""
    attention_threshold: float
    """media attention above which flexible money answers within the month (index)."""
    awareness_gap: float
    """share of recognised cases not acted upon without awareness; awareness raises willingness, not skill (share)."""
    bidding: float
    """share of money that competition between agencies for donors costs, where nobody leads (share)."""
    border_equipment: float
    """share of recognition lost at borders without equipment to check and share information (share)."""
    budget_elasticity: float
    """elasticity of what donors give to the money there is for everything (exponent)."""
    build_months: float
    """mean time from hiring to full use of back-end staff (months)."""
    case_months: float
    """mean time for which a case occupies a place in casework (exponential) (months)."""
    caseload: float
    """cases one caseworker can hold at a time (cases per caseworker)."""
    champion: float
    """share of the time in which a high-ranking champion drives the agenda (share)."""
    champion_dependence: float
    """share of leadership that is missing while no champion drives the agenda (share)."""
    chaos: float
    """factor on organised pressure where everybody has just arrived (ratio)."""
    coded_share: float
    """share of real anti-trafficking spending that is coded as such (share)."""
    competition: float
    """share of specialists' effect lost to competition between agencies, without leadership (share)."""
    completeness: float
    """share of case records that reach a report without money for data (share)."""
    complicity: float
    """share of referrals through police and border that official complicity stops (share)."""
    contact: float
    """rate at which a victim meets a worker of one channel, at the reference density of staff (per victim per
    month)."""
    context_months: float
    """time in which newcomers learn place, law and language (months)."""
    conviction: float
    """share of investigations worked on that end in a conviction, where witnesses testify (share)."""
    cost_assistance: float
    """assisting one identified person (US dollars per person)."""
    cost_caseworker: float
    """one caseworker (US dollars per year)."""
    cost_investigator: float
    """one investigator (US dollars per year)."""
    cost_reception: float
    """one reception post (US dollars per year)."""
    cost_specialist: float
    """one anti-trafficking specialist (US dollars per year)."""
    cost_survey: float
    """cost of one prevalence survey (US dollars)."""
    cost_training: float
    """training one worker (US dollars per worker)."""
    cover: float
    """share of recognition lost where everybody has just arrived (share)."""
    coverage_inside: float
    """chance that a recognised case is taken up where it falls under gender-based violence or child protection
    (share)."""
    coverage_outside: float
    """chance that a recognised case is taken up elsewhere (share)."""
    crowding: float
    """share of referrals crowded out by other work where all needs are unmet (share)."""
    data_need: float
    """data spending that closes 1 - 1/e of the gap in completeness (US dollars per million people in need per year)."""
    death: float
    """hazard of death in exploitation (per person per month)."""
    design_cost: float
    """share of money that goes into designs and reports of their own where every dollar comes from another donor
    (share)."""
    detention: float
    """share of people treated as smuggled who are detained or expelled (share)."""
    deterrence: float
    """elasticity of organised pressure to the share of the exploited who are found, against the share found worldwide
    (exponent)."""
    displacement: float
    """elasticity with which organised pressure moves to settings watched less than the mean (exponent)."""
    displacement_risk: float
    """relative risk of displaced people and migrants against host communities (ratio)."""
    double_vulnerability: float
    """rise of the hazard where conflict and climate both hit in full, beyond what each does (ratio)."""
    draining: float
    """share of the specialists a growing response hires who leave other crises of the scenario (share)."""
    estimate_weight: float
    """how far donors read and believe the yearly capture-recapture estimate (0 is not at all) (share)."""
    exit_unrecorded: float
    """hazard of leaving exploitation unseen, death included (per person per month)."""
    expiry_months: float
    """time before the expected end of a protective status over which that rise builds up (months)."""
    expiry_shadow: float
    """rise of the hazard of those who hold a protective status in the month before its expected end (ratio)."""
    exploration_floor: float
    """share of the ask that a donor wants covered whatever it believes, so that somebody looks (share of the ask)."""
    false_links: float
    """probability, for each person and list, that the record of somebody else is taken for that person's (share)."""
    flash_months: float
    """length of a grant that answers a flash appeal (rounded to whole months) (months)."""
    flexible_share: float
    """share of a donor's grants that follows the bottleneck responders report and can answer within the month
    (share)."""
    follow_weight: float
    """share of coming forward that depends on what followed for those who came before (share)."""
    forgotten: float
    """rise of flexible money for a crisis without media attention (ratio)."""
    form_contact: dict[str, Table]
    """how often a channel meets people in a form of exploitation, against the mean (ratio)."""
    form_contrast: float
    """how far contact differs between forms (exponent)."""
    form_mix: dict[str, Table]
    """form of exploitation by group, among people trafficked (share)."""
    forward_lists: Table
    """list on which people who come forward are first recorded (share)."""
    fragmentation: float
    """share of recognition lost among generalists because only specialists are thought to act (share)."""
    frustration: float
    """share of trust lost in a month in which every referral was wrong (share)."""
    gatekeeping: float
    """share of case records that do not reach decision makers (share)."""
    giving: float
    """share of what donors promised that they pay (share)."""
    grant_months: float
    """length of an ordinary grant (rounded to whole months) (months)."""
    half_belief: float
    """belief at which a donor without other considerations wants to cover half of the ask (per 1,000 per year)."""
    herding: float
    """weight of what other donors give (donors follow each other; no mechanism of the report) (share)."""
    hiring_months: float
    """mean time to fill a post for which there is money (months)."""
    hotline: float
    """rise of coming forward at the peak of a full media shock (ratio)."""
    incidence: float
    """hazard of being trafficked at onset, averaged over the people in need (per person per month)."""
    inertia_years: float
    """time in which commitments move towards what a donor wants (years)."""
    infiltration: float
    """rise of the hazard where all frontline staff are in organisations nobody has vetted (ratio)."""
    initial_funding: float
    """anti-trafficking funding in place until month 0, as coded; from then on donors decide (US dollars per person in
    need per year)."""
    initial_preparedness: float
    """preparedness at the first simulated month (programmes already running) (share)."""
    initial_trained: float
    """share of frontline staff trained at the start (share)."""
    intakes_per_post: float
    """people whom one reception post can receive (people per post per year)."""
    international_demand: float
    """rise of the hazard where all frontline staff are international (ratio)."""
    investigation: float
    """hazard of being found by proactive investigation (per victim per month at one investigator per 100,000
    people)."""
    investigation_months: float
    """mean time from suspicion to a judgement, or to a case being closed (months)."""
    investigator_caseload: float
    """suspects whom one investigator can work on at a time (suspects per investigator)."""
    investigator_share: float
    """share of back-end money that pays investigators, the rest caseworkers (share)."""
    investigators_need: float
    """investigators who close the gap in proof to the extent 1 - 1/e (investigators per million people in need)."""
    know_trained: float
    """chance that a trained worker who recognises the signs knows where to refer (probability)."""
    know_untrained: float
    """chance that an untrained worker who recognises the signs knows where to refer (probability)."""
    lag_ingo: float
    """time from decision to field through an international organisation (rounded) (months)."""
    lag_intermediary: float
    """time from decision to field through an intermediary to a local organisation (rounded) (months)."""
    lag_local_fund: float
    """time from decision to field through a locally led fund, and for flash money (rounded) (months)."""
    language_barrier: float
    """share of people abroad who would come forward at home, and do not where nobody speaks their language (share)."""
    late_months: float
    """time constant with which delayed vulnerability builds up (months)."""
    late_multiplier: float
    """factor on the hazard after 24 months of displacement at the reference level of unmet need (ratio)."""
    leadership: float
    """how far one agency leads, which clears the pathway (share)."""
    lens: float
    """share of cases of low-level perpetrators that police recognise as trafficking (share)."""
    line_cases: float
    """documented need that doubles the one hazard and halves the other (people per million in need)."""
    line_end: float
    """hazard that a plan drops its line, where nothing is documented (per year)."""
    line_hazard: float
    """hazard that a plan without a line for anti-trafficking work gets one, where nothing is documented and nobody
    drives it (per year)."""
    line_mix: Table
    """lines a donor without an earmark profile of its own pays for (share)."""
    list_dependence: float
    """change of the log-odds that a list holds a person because another list does (log-odds)."""
    local_cut: float
    """how much harder cuts fall on money that goes to local actors (added to the exponent, as a ratio of it)
    (ratio)."""
    local_loss: float
    """share of local staff absent where many people have just arrived or left, because the same crisis hits them
    (share)."""
    local_loss_scale: float
    """share of people uprooted at which two thirds of local_loss are reached (share)."""
    local_recovery_months: float
    """time constant with which local staff lost to the crisis are replaced (months)."""
    local_voice: float
    """share by which local voice in coordination closes the gap in context (share)."""
    lost_referral: float
    """share of referrals lost on an unclear pathway (share)."""
    low_level_share: float
    """share of trafficking by low-level perpetrators (family, partner, community) at the reference state (share)."""
    media_multiplier: float
    """factor that full media attention adds to what flexible money gives in answer to a flash appeal (ratio)."""
    memory: float
    """rate at which donors forget what they learned and return to their prior (per month)."""
    misinformation: float
    """share of prevention money wasted on messages nobody can act on (share)."""
    missing_fields: float
    """share of shared records that lack the fields by which they could be matched with others (share)."""
    multi_year_months: float
    """length of a multi-year grant (rounded to whole years) (months)."""
    multi_year_share: float
    """share of new grants that run for three years (share)."""
    naive_detection_share: float
    """share of the people exploited in a year that a naive donor takes to be reported (per year)."""
    naivety: float
    """how far donors read case counts without correcting for the capacity to find cases (share)."""
    need_elasticity: float
    """elasticity of low-level pressure to unmet need (exponent)."""
    need_floor: float
    """documented need where nobody has reported anything (people per million in need)."""
    newcomer_effect: float
    """effect of a newly deployed specialist relative to one in place (ratio)."""
    no_right_to_stay: float
    """share of people of irregular status who neither come forward nor accept help, without a right to stay (share)."""
    no_sharing: float
    """share of referrals from humanitarian and health staff lost because police and protection cannot share information
    (share)."""
    onset_awareness: float
    """share of money that goes to awareness at onset (fading over a year) (share)."""
    outside_line: float
    """share of what donors would give to a line that they give where the plan has none (share)."""
    paid_by_others: float
    """how much of the reception, casework, investigation, training, specialists and assistance that a scenario states
    for states and other sectors is there (share)."""
    parallel_structures: float
    """share of referrals by international organisations lost to structures parallel to the national mechanism, without
    leadership (share)."""
    patience: float
    """wait after which an unanswered case lapses (months)."""
    perpetrator_lag: float
    """time in which organised pressure follows opportunity and risk (months)."""
    plan_years: float
    """time in which the need that planners work with follows what is documented (years)."""
    planned_share: float
    """share of the people in an estimate of the prevalence whom planners plan to find in a year (share)."""
    poaching: float
    """share of trained local staff hired away in a year in which all staff have just been deployed from abroad
    (share)."""
    political_sensitivity: float
    """share of what donors want that political sensitivity withholds (share)."""
    portal_risk: float
    """rise of the hazard for people of regular status through unmonitored job portals (ratio)."""
    preparedness_gain: float
    """share by which full preparedness shortens the building of the back end (share)."""
    preparedness_need: float
    """spending on preparedness and local capacity that closes 1 - 1/e of the gap in context (US dollars per million
    people in need per year)."""
    prevention_effect: float
    """largest share by which prevention lowers the hazard (share)."""
    prevention_need: float
    """spending at which prevention reaches 1 - 1/e of its effect (US dollars per person in need per year)."""
    prior_prevalence: float
    """median of donors' prior belief (per 1,000 per year)."""
    prior_spread: float
    """spread of donors' prior belief (standard deviation of the logarithm)."""
    priority: float
    """factor on what donors want because the work is not seen as life-saving (ratio)."""
    proof_gap: float
    """share of formal identifications that fail for want of proof where there are no investigators (share)."""
    protection_effect: float
    """share by which a protective status lowers the hazard (share)."""
    protection_uptake: float
    """share of people of regular status who hold a protective status (share)."""
    proven_only: float
    """how far records count only where the case is proven (share)."""
    purse_months: float
    """time over which the money in hand on a line is planned to be spent (months)."""
    reach_weight: float
    """weight of countable reach in what donors want (exponent)."""
    reception_months: float
    """mean time from hiring to full use of reception staff (months)."""
    reception_need: float
    """reception posts that reach 1 - 1/e of the people (posts per million people)."""
    reception_outside: float
    """chance that whoever comes forward from there finds somebody responsible, against the two areas (share)."""
    record_at_intake: float
    """whether the case record of a person who was referred is made when reception takes the referral (above one half)
    or when the back end answers it (share)."""
    record_months: float
    """time around an identification within which other agencies meet and record the same person (months)."""
    record_sharing: float
    """share of records that may be shared and linked without money for data (share)."""
    recording_memory: float
    """how much of one year's recording practice is left in the next (autocorrelation)."""
    recording_noise: float
    """spread of recording practice over years (standard deviation of the logarithm)."""
    refusal_conditional: float
    """share of people who decline help where it is tied to co-operation with police (share)."""
    relative_reach: float
    """countable beneficiaries per dollar, relative to what competes for the money (ratio)."""
    relocation: float
    """share of displaced people with means who in the end have moved on to safety, where a setting tells them apart
    (share)."""
    relocation_months: float
    """time in which displaced people with means move on (months)."""
    reluctance: float
    """share of those who escape and would come forward who do not, for fear, distrust, language or shame (share)."""
    reporting_lag: float
    """time from a case record to a published report (rounded to whole months) (months)."""
    reprogramming: float
    """share of what running grants have not paid yet that moves to the bottleneck when an emergency breaks (share)."""
    research_aversion: float
    """share by which donors fund data and research less than their profile says (share)."""
    research_gain: float
    """rise of what training and prevention money achieves where research has shown what works (ratio)."""
    response_cost: float
    """what planners ask for each person whose need is documented (US dollars per person)."""
    retrafficking_assisted: float
    """chance that an assisted survivor is trafficked again while at raised risk (return_months) (probability within
    return_months)."""
    retrafficking_unassisted: float
    """chance that a survivor who was not assisted is trafficked again while at raised risk (return_months) (probability
    within return_months)."""
    return_months: float
    """time after an exit during which a survivor is at raised risk; afterwards he or she is not at risk in the model
    (months)."""
    return_protraction: float
    """rise of the risk of being trafficked again as a crisis protracts (time constant two years) (ratio)."""
    risk_aversion: float
    """share by which donors fund specialised work less than their profile says (share)."""
    screening_months: float
    """time for which a wrong suspicion occupies a place in casework (months)."""
    self_report: float
    """hazard of an own escape after which the person would come forward, where reception is within everybody's reach
    (per person per month)."""
    sensitivity_trained: float
    """chance that a trained worker recognises the signs at a contact (probability)."""
    sensitivity_untrained: float
    """chance that an untrained worker recognises the signs at a contact (probability)."""
    skill_half_life: float
    """half-life of what a training taught (months)."""
    smuggling_lens: float
    """share of people of irregular status met by police or border force who are treated as smuggled (share)."""
    specialist_need: float
    """specialists who clear the pathway to the extent 1 - 1/e (specialists per million people in need)."""
    specialist_reports: float
    """people in need of whom one specialist tells planners (people per specialist per year)."""
    specificity_trained: float
    """chance that a trained worker does not suspect wrongly at a contact (probability)."""
    specificity_untrained: float
    """chance that an untrained worker does not suspect wrongly at a contact (probability)."""
    staff_competition: float
    """rise of turnover because agencies hire from each other, where nobody leads (ratio)."""
    staff_reference: float
    """density of frontline staff at which `contact` is stated, all channels together (workers per 10,000 people in
    need)."""
    steepness: float
    """how steeply wanted coverage rises with belief (exponent)."""
    stock_months: float
    """mean life of what prevention, data and preparedness money builds (months)."""
    survey_design_effect: float
    """variance of a survey over that of a simple random sample (ratio)."""
    survey_disclosure: float
    """share of people exploited within a year who tell an interviewer of it (share)."""
    survey_mistakes: float
    """share of all others asked who are counted as exploited by mistake (share)."""
    survey_months: float
    """time from asking to a published survey (rounded) (months)."""
    survey_network: float
    """people whom a respondent knows and tells of in a network scale-up survey; 0 is a survey of respondents themselves
    (people)."""
    survey_network_effect: float
    """variance of reports on people known over that of independent reports on each of them (ratio)."""
    survey_own_share: float
    """share of the cost of a survey that money for data must pay; a survey waits until that money is there (share)."""
    survey_rumours: float
    """share of all others known who are told of as exploited by mistake (network scale-up) (share)."""
    survey_sample: float
    """people asked in a prevalence survey (people)."""
    survey_sensitivity: float
    """probability that a person exploited within a year who tells of it is counted (share)."""
    survey_visibility: float
    """chance that an acquaintance knows that a person was exploited within a year, and tells (network scale-up)
    (share)."""
    surveys_a_year: float
    """prevalence surveys held in a year; 0.5 is one every two years, and the first is held at once (per year)."""
    survivors_first: float
    """how far people who come by themselves go before people who are referred where reception is full (share)."""
    suspects_per_case: float
    """suspects named for each person whose casework is completed (suspects per case)."""
    testimony: float
    """share of convictions that would fail without a survivor who can testify (share)."""
    ties_effect: float
    """rise of the hazard where families and communities are torn apart (ratio)."""
    triage: float
    """share of wrong suspicions that survive a second look and reach the back end (share)."""
    trust_gain: float
    """share of the missing trust regained in a month in which every referral is answered (per month at full
    answering)."""
    trust_initial: float
    """trust in the referral pathway at the start; a worker follows the protocol with this probability (share)."""
    trust_loss: float
    """share of trust lost in a month in which no referral is answered (per month at no answering)."""
    turnover_international: float
    """rotation of international staff (per worker per month)."""
    turnover_national: float
    """turnover of national staff (per worker per month)."""
    unmet_reference: float
    """unmet need at which late_multiplier is stated (share)."""
    unvetted_recognition: float
    """factor on recognition in organisations nobody has vetted (ratio)."""
    vetting_capacity: float
    """new organisations that can be vetted in a month (organisations per month)."""
    vulnerable_relative_risk: float
    """relative risk of children alone or from institutions, and of people of irregular status (ratio)."""
    wider_gap: float
    """share by which training of wider first-line responders lags behind that of humanitarian staff (share)."""
    without_means_risk: float
    """relative risk of people without means against people with means, where a setting tells them apart (ratio)."""
