//! Closed word lists of the tagger: what a word can be, by itself.
//!
//! Only words whose class the suffix rules of `tag` would miss or get wrong belong here. Lists that
//! say what may be swapped (frozen pairs, states) live in files of their own.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::tag::Tags;

/// A set of lower-case words written as one string, read once.
pub(crate) type WordSet = LazyLock<HashSet<&'static str>>;

/// Splits a list into its words.
pub(crate) fn words(list: &'static str) -> HashSet<&'static str> {
    list.split_ascii_whitespace().collect()
}

/// All lists, merged: what each listed word can be.
pub(crate) static LEXICON: LazyLock<HashMap<&'static str, Tags>> = LazyLock::new(|| {
    let mut out: HashMap<&'static str, Tags> = HashMap::new();
    for &(tags, list) in LISTS {
        for word in list.split_ascii_whitespace() {
            let entry = out.entry(word).or_insert(Tags::NONE);
            *entry = entry.with(tags);
        }
    }
    out
});

const LISTS: &[(Tags, &str)] = &[
    (Tags::DET, DETERMINERS),
    (Tags::PRO, PRONOUNS),
    (Tags::PREP, PREPOSITIONS),
    (Tags::CONJ, "and or but nor yet plus"),
    (Tags::SUBORD, SUBORDINATORS),
    (Tags::AUX, AUXILIARIES),
    (Tags::MODAL, "will would shall should can could may might must"),
    (Tags::ADV, ADVERBS),
    (Tags::ADJ, ADJECTIVES),
    (Tags::NOUN, NOUNS),
    (Tags::NOUN.with(Tags::VERB), NOUN_VERBS),
    (Tags::NOUN.with(Tags::ADJ), NOUN_ADJECTIVES),
    (Tags::NOUN.with(Tags::ING), GERUND_NOUNS),
    (Tags::VERB, VERBS),
    (Tags::PART, PARTICIPLES),
    (Tags::VERB, PASTS),
    (
        Tags::NUM,
        "two three four five six seven eight nine ten eleven twelve dozen hundred thousand million",
    ),
];

const DETERMINERS: &str = "the a an this that these those my your his her its our their any some no \
    every each either neither both all another such what whatever whose";

const PRONOUNS: &str = "i you he she it we they who which this there one everyone everybody anyone \
    anybody someone nobody nothing something anything everything me him us them himself itself \
    themselves myself ourselves herself yourself others";

const PREPOSITIONS: &str = "of in to for with on at by from into upon about over under after before \
    during between among against through within without toward towards across behind beyond since \
    until till despite concerning regarding re per via throughout amid beside besides above below \
    near off onto outside inside around along except pending than versus as like unlike vis-à-vis alongside throughout";

const SUBORDINATORS: &str = "that if when whenever while because although though whether unless \
    until till once since as after before where whereas wherever lest provided whom how why than \
    which who whose what";

const AUXILIARIES: &str = "is are was were am be been being has have had having do does did";

const ADVERBS: &str = "also already now soon then still always often sometimes perhaps therefore \
    thus however nevertheless nonetheless moreover meanwhile furthermore hence otherwise rather \
    quite very too so more most less least almost even just only never ever again today yesterday \
    tomorrow tonight here there elsewhere once twice instead indeed doubtless somewhat together \
    apart away back forth ahead abroad alone not yet perhaps maybe far well much long later earlier \
    early sooner henceforth hitherto likewise overnight seldom thereby therein thereafter afterward \
    afterwards forthwith accordingly further else up down out";

const ADJECTIVES: &str = "abnormal normal unjust unusual unfit able absent absolute abrupt accurate active actual acute adequate adverse \
    air ample ancient angry anxious apparent appropriate apt armed arrogant available aware bad bare \
    basic better big bitter bleak blunt bold brave brief bright brisk broad calm candid careful \
    certain cheap civil civilian clean clear close coherent cold common compact competent complete \
    complex concise concrete confident congruent consistent constant convenient cool correct costly \
    courteous covert crude cruel current daily dangerous dark dead deadly deep definite deliberate \
    delicate dense dependent desperate detailed different difficult diligent direct dirty discreet \
    distant distinct dull durable early eager earnest efficient elaborate elderly eminent emphatic \
    empty energetic entire equal equitable evident exact excellent explicit extreme faint fair \
    familiar famous far-reaching fast favorable favourable feasible fierce firm first-class fit \
    flat flexible foolish foreign formal forthcoming forthright frank free frequent fresh friendly \
    frightened full fundamental genuine gentle glad gloomy good grave great grim guarded happy hard \
    harsh healthy heavy helpful high honest hot huge humble hungry idle ignorant ill imminent immense \
    imminent immediate impatient imprudent inadequate inconsistent incorrect independent indifferent \
    indirect inefficient innocent insistent insufficient intelligent intense intimate intransigent \
    irrelevant joint just keen kind large lasting late latent lenient likely limited little lively \
    local lonely long long-range long-term loose low loyal mature mere mild minor minute moderate modern \
    modest mutual naive narrow nasty near neat nervous neutral new noisy obscure obsolete odd old \
    one-sided open oral orderly outright overt patient permanent pertinent petty plain pleasant \
    polite poor popular practicable precise premature present private profound prominent prompt proper proud \
    prudent public pure quick quiet random rapid rare ready real recent recurrent redundant \
    regular relaxed relevant reluctant remote resolute resilient rich right rigid robust rough rude sad safe same sane \
    scarce secret secure senior sensible separate serious severe shallow sharp short short-term shrewd shy sick \
    significant silent similar simple sincere slight slow small smart smooth sober soft solemn \
    solid sound sour sparse special speedy stable stale stark steady steep sterile stern stiff \
    straight straightforward strange strict strong stubborn sturdy subsequent subtle sudden \
    sufficient superb sure sweet swift tacit tender tense tentative thin thorough thoughtful tight \
    timely tiny tired tolerant tough transparent true turbulent ugly unable unaware unclear unfair \
    unfriendly unhappy unlikely unrealistic unsafe unsatisfactory unwilling unwise upset urgent usual \
    vague valid vast vehement vigilant violent warm wary weak weary weekly well-known wet wicked \
    wide wild willing wise worthwhile worthy wrong young naval aerial nuclear racial rural urban \
    commercial initial partial special provincial judicial crucial martial colonial territorial \
    editorial industrial material trivial cordial immaterial bilateral multilateral unilateral \
    central moral immoral natural rural structural agricultural cultural federal liberal several \
    plural neutral integral literal lateral general several political ideological bold lawful \
    econ polit mil sceptical skeptical stormy sturdy weighty lengthy hasty sunny rainy costly lucrative \
    cooperative co-operative administrative legislative far-sighted short-sighted clear-cut \
    long-standing hard-headed level-headed down-to-earth middle-class up-to-date";

const NOUN_ADJECTIVES: &str = "representative executive objective directive alternative initiative \
    incentive native perspective motive collective public official material capital principal \
    individual potential total general cardinal rival criminal intellectual professional federal \
    liberal neutral radical moderate secret classic academic specific critic present future past \
    human equivalent minimum maximum west east north south western eastern northern southern head \
    chief prime key top main middle home front half back overall over-all essential special private \
    military police model ideal original";

const NOUNS: &str = "government govt govts embassy emb department dept ministry minister ambassador \
    amb fonmin fonoff primin president secretary chairman chief king shah prince cabinet committee \
    council commission congress parliament assembly party parties group groups delegation mission \
    member members officer officers officials leaders leader people country countries nation \
    nations state states world area areas region power powers peace war security defense defence \
    army navy force forces troops arms weapons aircraft ships bases base military policy policies \
    law laws treaty treaties matter matters problem problems situation position proposal proposals \
    arrival refusal withdrawal approval denial removal renewal survival disposal appraisal referral reversal \
    deal deals signal journal hospital terminal animal canal metal festival trial credential \
    credentials manual goal goals meal rebel rebels topic traffic music logic republic arctic \
    fabric clinic statistic tariff secretary summary boundary dictionary anniversary library salary \
    january february itinerary commentary adversary intermediary missionary treasury beneficiary \
    table cable telegram message letter letters note text draft paper memorandum memo para paragraph \
    statement speech press radio newspaper opinion opinions view views idea ideas question questions \
    answer issue issues item items subject point points fact facts case cases reason reasons \
    result results purpose purposes aim aims end ends means way ways manner method methods means \
    measure measures step steps action actions course line lines basis level levels degree extent \
    time times day days week weeks month months year years hour hours morning afternoon evening \
    night date period moment place places part parts side sides front border borders frontier city \
    town capital street house office building home airport port oil steel food goods trade aid money \
    gold dollar dollars price prices cost costs tax taxes budget fund funds loan loans bank credit \
    economy market markets industry business company companies labor labour staff personnel \
    equipment supplies supply man men woman women child children friend friends enemy ally allies \
    neighbor neighbors person persons public crowd students refugees prisoners hostages army \
    authority authorities quality quantity role rule rules right rights duty order orders crisis \
    conflict dispute danger risk risks threat threats attack attacks chance prospect prospects \
    hope hopes fear fears doubt doubts concern interest interests effort efforts attempt support \
    help success failure progress change changes plan plans program programs programme project \
    projects system process procedure procedures evidence experience knowledge information data \
    detail details source sources list number numbers amount sum total majority minority vote votes \
    election elections candidate freedom liberty justice truth trust faith honor honour will mind \
    attitude spirit mood morale courage patience strength weakness calm tension unity influence \
    prestige technology science techniques territory territories sea air land soil water population \
    ceasefire cease-fire settlement peoples regime regimes visit visits tour trip talk talks \
    meeting meetings conference conversation conversations discussion discussions consultation \
    negotiation negotiations agreement agreements understanding gvn gov goi gop goj usg ussr un uk \
    us sc ga nato dept deptel embtel family assembly monopoly anomaly reply ally folly archive olive \
    relative detective kind";

const NOUN_VERBS: &str = "act address advance aid aim alarm allow amount answer appeal approach \
    arrange ask assault attack attempt balance ban benefit block break call campaign care cause \
    challenge change charge check claim comment compromise concern conduct contact control cost \
    counter cover crash cut damage deal debate decline defeat delay demand deny deposit desire \
    detail doubt draft drive drop effect effort end exchange exercise experience favor favour fear \
    feel fight fill fire focus force gain grant guard guarantee halt handle harm help hold hope \
    hurry impact import increase influence inquiry insult interest issue join judge keep lack launch \
    lead leave limit link list look loss mandate march mark matter measure meet mention mind move \
    need note notice object offer open oppose order pass pay permit phase pick place plan play point \
    pose position practice present press pressure process produce profit progress project promise \
    protest purchase pursue push question quote raid raise range rate reach reason record reduce \
    refer reform regard regret reject release remark reply report request reserve resort respect \
    rest result return review reward rise risk rule run rush sail sanction search serve set shape \
    share shift ship show sign slow sound stand start state stay step stop strain stress strike \
    struggle study suffer supply support surprise survey suspect talk target tax test thank think \
    threat transfer transport travel treat trip trouble trust try turn use value view visit voice \
    vote wait walk want warn waste watch welcome win wish withdraw wonder work worry";

const GERUND_NOUNS: &str = "meeting meetings bombing training understanding feeling hearing building \
    buildings planning financing shipping timing thinking funding beginning proceeding proceedings \
    briefing shelling fighting housing mining farming fishing warning ending opening reading finding \
    findings writing drafting following bargaining packing landing landings crossing sitting standing \
    suffering wording reasoning backing bearing setting undertaking morning evening thing things \
    nothing something anything everything";

const VERBS: &str = "abandon abide accept accomplish achieve acknowledge acquire adapt add adhere \
    adjourn adjust admit adopt advise affect afford agree allege alter amend announce anticipate \
    apologize appear apply appoint appreciate approve argue arise arrive ascertain assert assess \
    assign assist assume assure attach attain attend attract authorize avert avoid bear become beg \
    begin behave believe belong bind bring build buy calm cancel carry cease celebrate choose cite \
    clarify clear close collaborate collapse collect combine come commence commit communicate comply conceal \
    concede concentrate conclude concur condemn confer confine confirm confront consent consider \
    consist consolidate constitute consult contain contemplate continue contribute convene converse \
    convert convey convince cooperate coordinate cope correct correspond create criticize decide \
    declare defend defer define deliver demonstrate depart depend deplore deprive derive describe \
    deserve destroy detain deter deteriorate determine develop devise devote differ diminish direct \
    disagree disappear disclose discontinue discourage discuss dismiss disregard dissuade \
    distinguish distribute disturb divert divide do dominate draw ease elect eliminate embark \
    embarrass emerge emphasize employ enable encourage endanger endorse enforce engage enhance \
    enjoy enlarge enlist ensure enter entertain entitle envisage establish evacuate evaluate evolve examine exceed \
    exclude execute exert exist expand expect expedite explain explore express extend facilitate \
    fail fall finish fit follow forego foresee forget form formulate forward fulfill furnish gather \
    get give go govern grow guide happen hear hesitate identify ignore imagine implement imply \
    impose improve include incorporate indicate induce inform inhibit initiate insist inspect \
    inspire instruct insure integrate intend interfere interpret intervene introduce invade invite \
    involve isolate jeopardize justify know lay learn let lie listen live lose maintain make manage \
    minimize mobilize modify negotiate notify obtain occupy occur opt organize overcome overthrow \
    participate perform persist persuade postpone precipitate preclude predict prefer prejudice \
    prepare prescribe preserve pretend prevail prevent proceed prohibit prolong promote propose \
    protect prove provide provoke publish put quit react read reaffirm realize reassure rebuild \
    receive recognize recommend reconcile reconsider recover refrain refuse regain register reinforce \
    reiterate relate relax relieve rely remain remember remind remove renew renounce reopen repair \
    repatriate repeat replace represent require resign resist resolve respond restate restore restrain \
    restrict resume retain retire reveal reverse revert revise ruin safeguard satisfy save say \
    secure see seek seem seize select sell send separate settle sit solve speak specify spend spread \
    stabilize stimulate strengthen submit substitute succeed suggest suppress surrender survive \
    suspend sustain take tell tend terminate tolerate transmit undergo undermine understand \
    undertake unify urge utilize vacate verify warrant weaken withhold withstand write yield emphasise \
    minimise recognise realise organise utilise stabilise said says made took went came told thought \
    felt seems appears remains believes feels thinks hopes considers agrees expects wants wishes \
    continues does gives makes takes goes comes includes requires represents indicates suggests \
    involves provides shows means needs proposes prefers intends regards concurs understands \
    recommends urges requests knows sees finds says believes exists insists persists consists resists assists enlists lists";

const PARTICIPLES: &str = "been made taken given done had said held told found brought put sent seen \
    left become met kept heard understood lost withdrawn known drawn read begun dealt gone come shown \
    set paid felt written arisen chosen gotten got broken won spent borne cut laid thrown built meant \
    fallen grown sought undertaken run spoken led spread shot forgotten hit dropped bound caught \
    taught fought bought sold stood struck torn worn sworn stolen risen driven frozen hidden lain \
    lent let misunderstood overcome overthrown proven rung shaken slain split sunk swung woken";

const PASTS: &str = "said went came took saw gave knew became began felt told thought held met made \
    left kept sent found brought wrote spoke rose fell grew drew stood understood sought led read put \
    set ran won lost spent paid laid meant";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_words_keep_every_class() {
        let since = LEXICON["since"];
        assert!(since.has(Tags::PREP) && since.has(Tags::SUBORD));
        assert!(LEXICON["aid"].has(Tags::NOUN) && LEXICON["aid"].has(Tags::VERB));
        assert!(!LEXICON.contains_key("orlan"));
    }
}
