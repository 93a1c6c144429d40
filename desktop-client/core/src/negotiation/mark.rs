//! The mark that ties an answer to its offer: one session description attribute of our own, appended
//! on the way out and taken off on the way in. Other implementations skip attributes they do not
//! know; an answer without the mark is taken for an answer to the offer that waits for one.

const OFFER: &str = "a=x-cinemasync-offer:";
const ANSWERS: &str = "a=x-cinemasync-answers:";

/// The description as it is sent as offer number `number`.
pub(super) fn mark_offer(sdp: &str, number: u64) -> String {
    append(sdp, OFFER, number)
}

/// The description as it is sent as the answer to the other side's offer number `number`.
pub(super) fn mark_answer(sdp: &str, number: u64) -> String {
    append(sdp, ANSWERS, number)
}

fn append(sdp: &str, attribute: &str, number: u64) -> String {
    let newline = if sdp.is_empty() || sdp.ends_with('\n') { "" } else { "\r\n" };
    format!("{sdp}{newline}{attribute}{number}\r\n")
}

/// The description without marks, and the number of its mark, if it has one.
pub(super) fn unmark(sdp: &str) -> (String, Option<u64>) {
    let mut number = None;
    let mut plain = String::with_capacity(sdp.len());
    for line in sdp.split_inclusive('\n') {
        match line.strip_prefix(OFFER).or_else(|| line.strip_prefix(ANSWERS)) {
            Some(value) => number = value.trim_end().parse().ok(),
            None => plain.push_str(line),
        }
    }
    (plain, number)
}

/// The ICE user names that the description declares, one a media section or one for all.
pub(super) fn ice_users(sdp: &str) -> Vec<String> {
    sdp.lines().filter_map(|line| line.strip_prefix("a=ice-ufrag:")).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_comes_off_as_it_went_on() {
        let sdp = "v=0\r\na=ice-ufrag:abcd\r\n";
        assert_eq!(unmark(&mark_offer(sdp, 7)), (sdp.to_owned(), Some(7)));
        assert_eq!(unmark(&mark_answer(sdp, u64::MAX)), (sdp.to_owned(), Some(u64::MAX)));
        assert_eq!(unmark(sdp), (sdp.to_owned(), None));
        assert_eq!(ice_users(sdp), ["abcd"]);
    }

    #[test]
    fn a_number_that_is_none_counts_as_no_mark() {
        let (plain, number) = unmark("v=0\r\na=x-cinemasync-offer:99999999999999999999999\r\n");
        assert_eq!((plain.as_str(), number), ("v=0\r\n", None));
    }
}
