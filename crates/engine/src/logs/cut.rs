//! Cutting a message that is longer than a record may be.

/// The pieces of a message, none longer than `piece_bytes_max` and none empty. The cut falls between two
/// characters where the text has any there.
pub(super) fn pieces(message: &[u8], piece_bytes_max: usize) -> impl Iterator<Item = &[u8]> {
    let mut rest = message;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, behind) = rest.split_at(piece_length(rest, piece_bytes_max.max(1)));
        rest = behind;
        Some(piece)
    })
}

/// How long the first piece is: at least one byte, so that cutting always ends.
fn piece_length(text: &[u8], piece_bytes_max: usize) -> usize {
    if text.len() <= piece_bytes_max {
        return text.len();
    }
    // A character of UTF-8 has at most three continuation bytes; more are not text, and cut anywhere.
    let first_choice = piece_bytes_max.saturating_sub(3).max(1);
    (first_choice..=piece_bytes_max)
        .rev()
        .find(|&at| text.get(at).is_some_and(|byte| !is_continuation(*byte)))
        .unwrap_or(piece_bytes_max)
}

/// How much of a full buffer to hand on when more of the text is to come: all but a character that is not whole
/// yet, and at least one byte.
pub(super) fn whole_characters(text: &[u8]) -> usize {
    let last_start = text.iter().rev().take(4).position(|byte| !is_continuation(*byte));
    let Some(behind) = last_start else { return text.len() };
    let at = text.len() - behind - 1;
    let needed = match text.get(at) {
        Some(0b1100_0000..=0b1101_1111) => 2,
        Some(0b1110_0000..=0b1110_1111) => 3,
        Some(0b1111_0000..=0b1111_0111) => 4,
        _ => 1,
    };
    if needed > behind + 1 && at > 0 { at } else { text.len() }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_character_is_not_torn() {
        let pieces: Vec<&[u8]> = pieces("aaé€".as_bytes(), 3).collect();
        assert_eq!(pieces, ["aa".as_bytes(), "é".as_bytes(), "€".as_bytes()]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(message: Vec<u8>, max in 1_usize..40) {
            let pieces: Vec<&[u8]> = pieces(&message, max).collect();
            prop_assert!(pieces.iter().all(|piece| !piece.is_empty() && piece.len() <= max));
            prop_assert_eq!(pieces.concat(), message);
        }

        #[test]
        fn a_full_buffer_is_handed_on_up_to_its_last_whole_character(text: String, length: prop::sample::Index) {
            let bytes = &text.as_bytes()[..length.index(text.len() + 1)];
            let handed_on = whole_characters(bytes);
            prop_assert!(bytes.is_empty() || handed_on > 0);
            prop_assert!(bytes.len() < 4 || std::str::from_utf8(&bytes[..handed_on]).is_ok());
        }

        #[test]
        fn text_stays_text(message: String, max in 4_usize..40) {
            prop_assert!(pieces(message.as_bytes(), max).all(|piece| std::str::from_utf8(piece).is_ok()));
        }
    }
}
