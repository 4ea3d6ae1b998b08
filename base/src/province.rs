//! The seventeen provinces of Korea, and sets of them.
//!
//! Residents are those registered at the end of 2021 (Ministry of the Interior and Safety, resident
//! registration statistics, December 2021); together 51,638,809. Public health centres are counted one for
//! each district, which gives the 258 of that year; their split by province is an assumption.

use crate::schema::text_schema;
use crate::written::{UnitError, text_serde};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Makes the list of provinces into one type.
macro_rules! provinces {
    ($($name:ident, $key:literal, $korean:literal, $residents:literal, $centres:literal;)*) => {
        /// A province: one of the metropolitan cities and provinces of the first level.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        #[repr(u8)]
        pub enum Province {
            $(#[doc = $korean] $name,)*
        }

        impl Province {
            /// All of them, in the order of the official codes.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name in scenarios and reports.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }

            /// The Korean name.
            pub const fn korean(self) -> &'static str {
                match self { $(Self::$name => $korean,)* }
            }

            /// Registered residents at the end of 2021.
            pub const fn residents(self) -> u64 {
                match self { $(Self::$name => $residents,)* }
            }

            /// Public health centres.
            pub const fn health_centres(self) -> u64 {
                match self { $(Self::$name => $centres,)* }
            }
        }
    };
}

provinces! {
    Seoul, "seoul", "서울특별시", 9_509_458, 25;
    Busan, "busan", "부산광역시", 3_350_380, 16;
    Daegu, "daegu", "대구광역시", 2_385_412, 8;
    Incheon, "incheon", "인천광역시", 2_948_375, 10;
    Gwangju, "gwangju", "광주광역시", 1_441_611, 5;
    Daejeon, "daejeon", "대전광역시", 1_452_251, 5;
    Ulsan, "ulsan", "울산광역시", 1_121_592, 5;
    Sejong, "sejong", "세종특별자치시", 371_895, 1;
    Gyeonggi, "gyeonggi", "경기도", 13_565_450, 48;
    Gangwon, "gangwon", "강원도", 1_538_492, 18;
    Chungbuk, "chungbuk", "충청북도", 1_597_427, 14;
    Chungnam, "chungnam", "충청남도", 2_119_257, 16;
    Jeonbuk, "jeonbuk", "전라북도", 1_786_855, 14;
    Jeonnam, "jeonnam", "전라남도", 1_832_803, 22;
    Gyeongbuk, "gyeongbuk", "경상북도", 2_626_609, 25;
    Gyeongnam, "gyeongnam", "경상남도", 3_314_183, 20;
    Jeju, "jeju", "제주특별자치도", 676_759, 6;
}

/// A set of provinces. Written `korea` (all), `capital` (Seoul, Incheon and Gyeonggi), `outside_capital`
/// (all others), or as names joined by `+`: `busan + ulsan`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Regions(u32);

impl Regions {
    /// All provinces.
    pub const KOREA: Self = Self((1 << Province::ALL.len()) - 1);
    /// The capital region.
    pub const CAPITAL: Self =
        Self(1 << Province::Seoul as u32 | 1 << Province::Incheon as u32 | 1 << Province::Gyeonggi as u32);
    /// Everywhere else.
    pub const OUTSIDE_CAPITAL: Self = Self(Self::KOREA.0 & !Self::CAPITAL.0);

    const NAMED: [(&'static str, Self); 3] =
        [("korea", Self::KOREA), ("capital", Self::CAPITAL), ("outside_capital", Self::OUTSIDE_CAPITAL)];

    /// Whether the province is in the set.
    pub const fn contain(self, province: Province) -> bool {
        self.0 & 1 << province as u32 != 0
    }

    /// The provinces in the set, in order.
    pub fn provinces(self) -> impl Iterator<Item = Province> + Clone {
        Province::ALL.iter().copied().filter(move |province| self.contain(*province))
    }

    /// Every name that a set can be made of.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let named = Self::NAMED.into_iter().map(|(name, _)| name);
        named.chain(Province::ALL.iter().map(|province| province.name()))
    }
}

const REGIONS: &str = "regions such as `korea`, `capital`, `outside_capital` or `busan + ulsan`";

impl FromStr for Regions {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let set = |name: &str| {
            let named = Self::NAMED.into_iter().find(|(known, _)| *known == name).map(|(_, set)| set);
            let province = Province::ALL.iter().find(|province| province.name() == name);
            named.or(province.map(|province| Self(1 << *province as u32)))
        };
        text.split('+').map(str::trim).try_fold(Self(0), |sum, name| {
            let unknown = || UnitError::new(name, REGIONS, nearest(name));
            set(name).map(|set| Self(sum.0 | set.0)).ok_or_else(unknown)
        })
    }
}

fn nearest(name: &str) -> Option<String> {
    let near = Regions::names().map(|known| (strsim::jaro_winkler(name, known), known));
    let (near, known) = near.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (near > 0.7).then(|| format!("did you mean `{known}`?"))
}

impl fmt::Display for Regions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((name, _)) = Self::NAMED.iter().find(|(_, set)| set == self) {
            return f.write_str(name);
        }
        for (place, province) in self.provinces().enumerate() {
            let joint = if place == 0 { "" } else { " + " };
            write!(f, "{joint}{}", province.name())?;
        }
        Ok(())
    }
}

/// What a set of provinces looks like.
fn pattern() -> String {
    let names = Regions::names().collect::<Vec<_>>().join("|");
    format!(r"^\s*({names})(\s*\+\s*({names}))*\s*$")
}

text_serde!(Regions, "regions such as `korea`, `capital` or `busan + ulsan`");
text_schema!(Regions, "regions", "A set of provinces: `korea`, `capital`, `outside_capital`, or names joined by `+`.", {
    "type": "string",
    "pattern": pattern(),
    "examples": ["korea", "busan + ulsan"],
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_provinces_are_the_country() {
        let sum = |of: fn(Province) -> u64| Province::ALL.iter().map(|province| of(*province)).sum::<u64>();
        assert_eq!(sum(Province::residents), 51_638_809);
        assert_eq!(sum(Province::health_centres), 258);
        assert_eq!(Regions::CAPITAL.provinces().count(), 3);
        assert_eq!(Regions::OUTSIDE_CAPITAL.provinces().count(), 14);
    }

    #[test]
    fn sets_round_trip() {
        for text in ["korea", "capital", "outside_capital", "busan + ulsan", "jeju"] {
            assert_eq!(text.parse::<Regions>().unwrap().to_string(), text);
        }
        assert_eq!("seoul + gyeonggi + incheon".parse::<Regions>().unwrap(), Regions::CAPITAL);
        let error = "kapital".parse::<Regions>().unwrap_err();
        assert_eq!(error.hint.as_deref(), Some("did you mean `capital`?"));
        assert!("".parse::<Regions>().is_err());
    }
}
