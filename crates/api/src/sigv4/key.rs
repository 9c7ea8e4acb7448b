//! Signing keys, and the few that are kept.
//!
//! A signing key is four HMACs away from its secret and good for a day, a region and a service. The cache has a fixed
//! number of places, one per hash of what a key is for; a newcomer takes its place from whoever had it, so the cache never
//! grows and never has to be swept. An entry holds only for the secret it was made from.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{PoisonError, RwLock};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::credentials::Secret;
use super::{ALGORITHM, TERMINATOR};

const PLACES: usize = 256;

/// What a signing key is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyScope<'a> {
    pub(super) access_key_id: &'a str,
    pub(super) date: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
}

/// A key that signs, its first block already worked through.
#[derive(Clone)]
pub(super) struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    pub(super) fn derive(secret: &Secret, scope: &KeyScope<'_>) -> Self {
        let mut first = zeroize::Zeroizing::new(Vec::with_capacity(4 + secret.as_bytes().len()));
        first.extend_from_slice(b"AWS4");
        first.extend_from_slice(secret.as_bytes());
        let mut key = mac_of(&first);
        for part in [scope.date, scope.region, scope.service, TERMINATOR] {
            key.update(part.as_bytes());
            key = mac_of(&key.finalize().into_bytes());
        }
        Self(key)
    }

    /// The signature of a request, still to be compared or printed.
    pub(super) fn request(&self, time: &str, scope: &str, canonical_hash: &[u8; 64]) -> Hmac<Sha256> {
        self.lines(&[ALGORITHM.as_bytes(), time.as_bytes(), scope.as_bytes(), canonical_hash])
    }

    /// The signature of lines with a line feed between them.
    pub(super) fn lines(&self, lines: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for (index, line) in lines.iter().enumerate() {
            if index > 0 {
                mac.update(b"\n");
            }
            mac.update(line);
        }
        mac
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

fn mac_of(key: &[u8]) -> Hmac<Sha256> {
    // HMAC takes keys of every length.
    Hmac::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default()))
}

/// Signing keys of late. Shared by all requests.
pub struct KeyCache {
    places: Box<[RwLock<Option<Entry>>]>,
}

struct Entry {
    access_key_id: Box<str>,
    date: Box<str>,
    region: Box<str>,
    service: Box<str>,
    secret: Secret,
    key: SigningKey,
}

impl Entry {
    fn is_for(&self, scope: &KeyScope<'_>, secret: &Secret) -> bool {
        *self.access_key_id == *scope.access_key_id
            && *self.date == *scope.date
            && *self.region == *scope.region
            && *self.service == *scope.service
            && self.secret.is_same_as(secret)
    }
}

impl KeyCache {
    pub fn new() -> Self {
        Self { places: (0..PLACES).map(|_| RwLock::new(None)).collect() }
    }

    /// The kept key, or a new one that is kept from now on.
    pub(super) fn signing_key(&self, scope: &KeyScope<'_>, secret: &Secret) -> SigningKey {
        let Some(place) = self.place(scope) else { return SigningKey::derive(secret, scope) };
        // An entry is written whole, so one that another thread left behind when it died is still good.
        let kept = place.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = kept.as_ref().filter(|entry| entry.is_for(scope, secret)) {
            return entry.key.clone();
        }
        drop(kept);
        let key = SigningKey::derive(secret, scope);
        let entry = Entry {
            access_key_id: scope.access_key_id.into(),
            date: scope.date.into(),
            region: scope.region.into(),
            service: scope.service.into(),
            secret: secret.clone(),
            key: key.clone(),
        };
        *place.write().unwrap_or_else(PoisonError::into_inner) = Some(entry);
        key
    }

    fn place(&self, scope: &KeyScope<'_>) -> Option<&RwLock<Option<Entry>>> {
        let mut hasher = DefaultHasher::new();
        (scope.access_key_id, scope.date, scope.region, scope.service).hash(&mut hasher);
        let index = usize::try_from(hasher.finish() % PLACES as u64).ok()?;
        self.places.get(index)
    }
}

impl Default for KeyCache {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyCache").field("places", &self.places.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::hex;
    use super::*;

    fn scope(date: &str) -> KeyScope<'_> {
        KeyScope { access_key_id: "AKID", date, region: "us-east-1", service: "iam" }
    }

    fn signed(key: &SigningKey) -> [u8; 32] {
        key.lines(&[b"x"]).finalize().into_bytes().into()
    }

    #[test]
    fn a_key_is_derived_as_the_documentation_derives_it() {
        let secret = Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
        let key = SigningKey::derive(&secret, &scope("20150830"));
        let hash = b"f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59";
        let mac = key.request("20150830T123600Z", "20150830/us-east-1/iam/aws4_request", hash);
        let signature = hex::encode(&mac.finalize().into_bytes().into());
        assert_eq!(&signature, b"5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
    }

    #[test]
    fn a_changed_secret_or_day_is_another_key() {
        let cache = KeyCache::new();
        let (old, new) = (Secret::new("old"), Secret::new("new"));
        let first = signed(&cache.signing_key(&scope("20150830"), &old));
        assert_eq!(signed(&cache.signing_key(&scope("20150830"), &old)), first);
        assert_eq!(signed(&SigningKey::derive(&old, &scope("20150830"))), first);
        assert_ne!(signed(&cache.signing_key(&scope("20150830"), &new)), first);
        assert_ne!(signed(&cache.signing_key(&scope("20150831"), &old)), first);
        assert_eq!(signed(&cache.signing_key(&scope("20150830"), &old)), first);
    }

    #[test]
    fn many_keys_share_the_places_and_stay_right() {
        let (cache, secret) = (KeyCache::new(), Secret::new("secret"));
        let dates: Vec<String> = (0..2 * PLACES).map(|day| day.to_string()).collect();
        for date in dates.iter().chain(&dates) {
            let kept = cache.signing_key(&scope(date), &secret);
            assert_eq!(signed(&kept), signed(&SigningKey::derive(&secret, &scope(date))));
        }
        assert_eq!(cache.places.len(), PLACES);
    }
}
