//! The iteration order of Java's hash maps, in which Camunda 7 and its XML parser report some findings, and in which
//! Camunda subscribes a scope to its events.

/// `String.hashCode`.
fn hash_code(text: &str) -> i32 {
    text.encode_utf16().fold(0i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

/// The order in which a `java.util.HashMap` with these keys (in order of insertion, without duplicates) iterates. Camunda
/// reports problems and makes subscriptions in such an order.
pub fn hash_map_order(keys: &[Option<&str>]) -> Vec<usize> {
    let mut capacity = 16;
    while keys.len() > capacity * 3 / 4 {
        capacity *= 2;
    }
    let bucket = |key: Option<&str>| {
        let hash = key.map_or(0, hash_code).cast_unsigned();
        (hash ^ (hash >> 16)) as usize & (capacity - 1)
    };
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by_key(|&at| bucket(keys[at]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_codes_are_javas() {
        assert_eq!(hash_code("hello"), 99_162_322);
    }

    #[test]
    fn map_order_is_by_bucket() {
        // Single characters hash to their code: `a` is 97 (bucket 1), `b` 98 (2), `p` 112 (0).
        assert_eq!(hash_map_order(&[Some("b"), Some("p"), Some("a")]), [1, 2, 0]);
    }
}
