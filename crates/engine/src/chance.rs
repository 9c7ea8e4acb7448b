//! What is left to chance, so that a simulation can take its place: random numbers, and the order of hash tables.

/// Four random bytes; the identifiers' generator is at hand and fast.
pub(crate) fn random() -> u32 {
    #[cfg(feature = "simulation")]
    if let Some(number) = crate::simulation::chance() {
        return number;
    }
    let (most, _, _, _) = uuid::Uuid::new_v4().as_fields();
    most
}

/// Hashes the keys of tables that are walked through, not only looked into.
#[cfg(not(feature = "simulation"))]
pub(crate) type Hashing = std::hash::RandomState;

/// The same on every run, so that tables have the same order.
#[cfg(feature = "simulation")]
pub(crate) type Hashing = std::hash::BuildHasherDefault<std::hash::DefaultHasher>;
