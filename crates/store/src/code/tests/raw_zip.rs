//! Zip files byte by byte, for what no honest writer would write.

/// One stored entry.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) content: Vec<u8>,
    /// Unix kind and permissions; 0 for none.
    pub(super) mode: u32,
    pub(super) flags: u16,
    pub(super) method: u16,
    /// Instead of the true checksum.
    pub(super) crc32: Option<u32>,
    /// Instead of the true unzipped size.
    pub(super) claimed: Option<u32>,
}

pub(super) fn entry(name: &str, content: &[u8]) -> Entry {
    Entry {
        name: name.as_bytes().to_vec(),
        content: content.to_vec(),
        mode: 0o100_644,
        flags: 0,
        method: 0,
        crc32: None,
        claimed: None,
    }
}

impl Entry {
    pub(super) fn mode(mut self, mode: u32) -> Self {
        self.mode = mode;
        self
    }

    /// From the flags to the lengths: the same in both headers.
    fn shared(&self) -> Vec<u8> {
        let stored = u32::try_from(self.content.len()).unwrap();
        let mut bytes = Vec::new();
        bytes.extend(self.flags.to_le_bytes());
        bytes.extend(self.method.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(self.crc32.unwrap_or_else(|| crc32fast::hash(&self.content)).to_le_bytes());
        bytes.extend(stored.to_le_bytes());
        bytes.extend(self.claimed.unwrap_or(stored).to_le_bytes());
        bytes.extend(u16::try_from(self.name.len()).unwrap().to_le_bytes());
        bytes.extend([0; 2]);
        bytes
    }
}

pub(super) struct RawZip;

impl RawZip {
    pub(super) fn of(entries: impl IntoIterator<Item = Entry>) -> Vec<u8> {
        let (mut zip, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
        for entry in entries {
            let start = u32::try_from(zip.len()).unwrap();
            zip.extend(b"PK\x03\x04\x14\x00");
            zip.extend(entry.shared());
            zip.extend(&entry.name);
            zip.extend(&entry.content);
            // Made by Unix, so that the mode counts.
            directory.extend(b"PK\x01\x02\x14\x03\x14\x00");
            directory.extend(entry.shared());
            directory.extend([0; 6]);
            directory.extend((entry.mode << 16).to_le_bytes());
            directory.extend(start.to_le_bytes());
            directory.extend(&entry.name);
            count += 1;
        }
        let start = u32::try_from(zip.len()).unwrap();
        zip.extend(&directory);
        zip.extend(b"PK\x05\x06\0\0\0\0");
        zip.extend(count.to_le_bytes());
        zip.extend(count.to_le_bytes());
        zip.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
        zip.extend(start.to_le_bytes());
        zip.extend([0; 2]);
        zip
    }
}

/// Makes both headers of a zip file with one entry claim ten bytes of unzipped size.
pub(super) fn claim_ten_bytes(mut zip: Vec<u8>) -> Vec<u8> {
    let directory = zip.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    for at in [22, directory + 24] {
        zip[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
    }
    zip
}
