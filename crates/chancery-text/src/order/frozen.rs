//! Pairs that do not turn round, pairs known to turn round, and words that fix an order.

use std::sync::LazyLock;

use super::words::{WordSet, words};

/// Pairs with one fixed order, written `first/second`.
static FROZEN: WordSet = LazyLock::new(|| {
    words(
        "hard/fast cut/dried thick/thin far/wide high/mighty fair/square sick/tired spick/span \
         alive/well bright/early rough/ready rough/tumble day/night law/order peace/security pros/cons command/control research/development \
         relief/rehabilitation time/place date/time date/place weeks/months days/weeks life/property \
         lives/property men/material men/materiel men/equipment friendship/cooperation \
         planning/implementation planning/execution planning/operations privileges/immunities \
         facilities/areas rights/interests rights/responsibilities rights/duties plans/future \
         offensive/defensive general/complete scientific/technical economic/technical past/present \
         present/future full/frank free/frank free/impartial fair/equitable fair/impartial fair/reasonable \
         diplomatic/consular ready/willing terms/conditions hearts/minds trade/aid blood/treasure \
         ins/outs ups/downs friends/allies road/rail arts/sciences rank/file checks/balances \
         just/lasting just/durable directly/indirectly rightly/wrongly strategic/tactical \
         legislative/administrative flexible/forthcoming full/complete full/free long/hard \
         free/fair free/open fair/just black/white dead/wounded aerial/ground official/private \
         success/failure life/death supply/demand threat/use cause/effect profit/loss \
         letter/spirit lead/zinc science/technology steel/coke ship/crew forms/stamps \
         conclusions/recommendations comments/recommendations consideration/comment \
         recommendations/measures regulation/reduction students/professors profound/lasting \
         ways/means give/take wait/see home/abroad hammer/sickle heart/soul flesh/blood \
         crime/punishment war/peace trial/error safe/sound sweet/sour high/low rich/poor young/old \
         old/new right/wrong good/bad true/false large/small short/long big/small hot/cold near/far \
         public/private civil/political null/void loud/clear part/parcel positive/negative \
         primary/secondary major/minor first/last direct/indirect formal/informal active/passive \
         great/small senior/junior tried/true tired/weary wet/dry deep/lasting deep/abiding \
         clear/present close/continuing early/late sole/exclusive foreign/domestic north/south \
         east/west internal/external moral/ethical health/safety arms/ammunition arms/men \
         food/drink food/shelter income/expenditure friend/foe husband/wife men/women \
         fire/brimstone body/soul question/answer debt/equity import/export imports/exports \
         input/output request/approval purchase/sale birth/death arrival/departure start/finish \
         beginning/end negotiation/signature signature/ratification before/after search/rescue \
         oil/gas goods/services wages/prices quality/quantity man/machine fear/favour fear/favor \
         cordial/frank open/frank warm/personal local/foreign timely/effective prompt/effective \
         sharp/sudden thoughtful/lengthy \
         fully/frankly fully/completely freely/fairly freely/openly fairly/squarely \
         wholly/exclusively duly/properly once/for slowly/surely quickly/quietly simply/solely",
    )
});

/// Pairs used both ways, written in either order; for these, length is no objection.
static FREE: WordSet = LazyLock::new(|| {
    words(
        "economic/political economic/military military/political economic/social civilian/military \
         political/psychological domestic/foreign air/ground air/naval air/sea domestic/international \
         bilateral/multilateral economic/financial political/social human/material fiscal/monetary \
         civil/military procedural/substantive material/moral executive/legislative \
         economic/psychological constructive/friendly cooperative/friendly congressional/public \
         commercial/economic concrete/specific effective/stable independent/neutral \
         political/territorial political/strategic able/willing desirable/necessary \
         important/urgent constructive/useful cultural/economic frank/friendly timely/useful \
         private/public oral/written monetary/trade moderate/responsible realistic/responsible \
         administrative/technical legal/political political/security military/security \
         economic/security public/parliamentary \
         security/stability freedom/independence influence/prestige freedom/security \
         independence/integrity strength/unity government/people press/public press/radio \
         authority/responsibility agreement/understanding actions/statements recognition/support \
         principles/purposes policy/purpose objectives/policies peace/stability \
         peace/prosperity prosperity/stability support/understanding sympathy/understanding \
         influence/power influence/presence equipment/training distrust/suspicion \
         development/security defense/security control/inspection concern/interest \
         comments/suggestions assistance/support arrangements/procedures allies/friends \
         airports/ports aircraft/ships advice/counsel actions/words trust/understanding \
         safety/welfare pressures/threats plans/policies policies/programs tension/uncertainty \
         militarily/politically economically/politically privately/publicly",
    )
});

/// Persons of rank and those set beside them: their order is protocol.
static RANKS: WordSet = LazyLock::new(|| {
    words(
        "president vice minister ministers ambassador ambassadors secretary secretaries chairman \
         king queen prince general generals admiral colonel officer officers official officials \
         marshal chancellor premier deputy governor senator congressman director leader leaders \
         chief chiefs consul counselor counsellor attache shah sultan emir pope bishop \
         archbishop prime foreign-minister under-secretary wife mother father children",
    )
});

/// Compounds whose adjective must stay beside its noun.
static COMPOUNDS: WordSet = LazyLock::new(|| {
    words(
        "strategic/hamlet strategic/hamlets foreign/minister foreign/ministers foreign/office \
         foreign/exchange foreign/affairs foreign/secretary prime/minister armed/forces \
         armed/services nuclear/weapons nuclear/test nuclear/tests civil/war civil/service \
         civil/servants civil/rights human/rights atomic/energy cold/war general/assembly \
         general/staff general/debate public/opinion public/relations public/works public/sector \
         private/sector high/commissioner high/commission high/seas high/level joint/chiefs \
         joint/communique joint/statement national/assembly national/guard national/security \
         national/income territorial/waters territorial/sea internal/security internal/affairs \
         secret/service secret/police special/envoy special/forces red/cross common/market \
         martial/law diplomatic/relations diplomatic/corps commercial/attache military/attache \
         naval/attache naval/base air/force air/forces air/base ground/forces top/secret \
         constitutional/court supreme/court central/committee central/bank good/offices \
         good/faith good/will free/trade free/world fair/share fair/play great/powers great/deal \
         general/elections municipal/elections monetary/fund collective/security cultural/revolution",
    )
});

/// Whether `a` and `b` stand in the frozen list in this order or the other.
pub(crate) fn is_frozen(a: &str, b: &str) -> bool {
    pair_in(&FROZEN, a, b)
}

/// Whether the pair is attested in both orders.
pub(crate) fn is_free(a: &str, b: &str) -> bool {
    pair_in(&FREE, a, b)
}

/// Whether adjective and noun make a fixed name or term.
pub(crate) fn is_compound(adjective: &str, noun: &str) -> bool {
    COMPOUNDS.contains(format!("{adjective}/{noun}").as_str())
}

/// Whether the word names a person of rank.
pub(crate) fn is_rank(word: &str) -> bool {
    RANKS.contains(word)
}

fn pair_in(set: &WordSet, a: &str, b: &str) -> bool {
    set.contains(format!("{a}/{b}").as_str()) || set.contains(format!("{b}/{a}").as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_found_in_either_order() {
        assert!(is_frozen("law", "order") && is_frozen("order", "law"));
        assert!(is_free("military", "economic"));
        assert!(is_compound("armed", "forces") && !is_compound("armed", "ships"));
    }
}
