//! No input makes a decoder panic, overflow the stack or allocate without measure; what it accepts, it can write again.
//! `cargo run -p tfplug --example fuzz_decoders -- --inputs 1000000` runs the same for longer.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tfplug::schema::Type;
use tfplug::{json, msgpack};

use crate::random::any_typed_value;

/// A type and valid encodings of a value of it.
struct Seed {
    ty: Type,
    msgpack: Vec<u8>,
    json: Vec<u8>,
}

fn seeds(count: usize, seed: u64) -> Vec<Seed> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut make = |_| {
        let (ty, value) = any_typed_value(true).new_tree(&mut runner).unwrap().current();
        let msgpack = msgpack::encode(&value, &ty).unwrap();
        let json = json::to_json(&value.unknown_as_null(), &ty).map(|j| j.to_string().into_bytes());
        Seed { ty, msgpack, json: json.unwrap_or_default() }
    };
    (0..count).map(&mut make).collect()
}

/// A small generator of good enough numbers (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % (n.max(1) as u64)).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_be_bytes()[0]
    }
}

/// Bytes that matter to one of the encodings.
const TELLING: &[u8] = &[
    0xc0, 0xc1, 0xc2, 0xc4, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcf, 0xd3, 0xd4, 0xd9, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0x80,
    0x91, 0x92, 0xa0, 0xff, 0x00, 0x7f, b'{', b'}', b'[', b']', b'"', b',', b':', b'e', b'9', b'-', b'.', b'\\',
];

fn mutate(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        match random.below(7) {
            0 => bytes.insert(at, random.byte()),
            1 if at < bytes.len() => bytes[at] = random.byte(),
            2 if at < bytes.len() => bytes[at] = TELLING[random.below(TELLING.len())],
            3 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            4 => bytes.truncate(at),
            5 => {
                let from = random.below(other.len());
                let len = random.below(other.len() - from + 1).min(64);
                bytes.splice(at..at, other[from..from + len].iter().copied());
            }
            6 if at < bytes.len() => {
                let repeated = vec![bytes[at]; random.below(300)];
                bytes.splice(at..at, repeated);
            }
            _ => {}
        }
    }
}

/// Feeds that many inputs to every decoder: mutated encodings, and bytes of pure chance. Returns how many were accepted
/// although they were not valid encodings made here.
pub(crate) fn run(inputs: usize, seed: u64) -> usize {
    let seeds = seeds(inputs.clamp(1, 2000), seed);
    let mut random = Random(seed);
    let mut accepted = 0;
    for i in 0..inputs {
        let a = &seeds[random.below(seeds.len())];
        let b = &seeds[random.below(seeds.len())];
        let as_json = random.below(3) == 0;
        let (mut bytes, other) = if as_json { (a.json.clone(), &b.json) } else { (a.msgpack.clone(), &b.msgpack) };
        if i % 10 == 0 {
            bytes = (0..random.below(200)).map(|_| random.byte()).collect();
        } else {
            mutate(&mut bytes, other, &mut random);
        }
        // Now and then a value is read as one of another type.
        let ty = if random.below(8) == 0 { &b.ty } else { &a.ty };
        if let Ok(value) = msgpack::decode(&bytes, ty) {
            let again = msgpack::encode(&value, ty).unwrap_or_else(|e| panic!("{bytes:02x?} as {ty:?}: {e}"));
            msgpack::decode(&again, ty).unwrap_or_else(|e| panic!("{bytes:02x?} as {ty:?}: {e}"));
            accepted += 1;
        }
        if let Ok(value) = json::decode(&bytes, ty) {
            let again = json::to_json(&value, ty).unwrap_or_else(|e| panic!("{bytes:02x?} as {ty:?}: {e}"));
            assert_eq!(json::from_json(&again, ty), Ok(value), "{bytes:02x?} as {ty:?}");
            accepted += 1;
        }
        if let Ok(ty) = json::type_from_json(&bytes) {
            assert_eq!(json::type_from_json(&json::type_to_json(&ty)), Ok(ty));
            accepted += 1;
        }
    }
    accepted
}

#[cfg(test)]
#[test]
fn no_input_makes_a_decoder_panic() {
    let accepted = run(20_000, 1);
    assert!(accepted > 1000, "only {accepted} mutated inputs were accepted: the test explores nothing");
}
