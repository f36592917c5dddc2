//! The people of a site as it goes public: who wrote and who checked its pages, and the addresses of their own pages.

use std::collections::{BTreeMap, HashSet};

use igny8_content::{Content, Contents};
use igny8_core::{AuthorProfileId, Ctx, Result, slugify};
use igny8_render::Person;
use igny8_thinker::AuthorProfile;

/// Authors and reviewers of some pages.
pub(crate) struct People(BTreeMap<AuthorProfileId, Person>);

impl People {
    /// Those that these contents name; a profile that was deleted is nobody.
    pub async fn of<'a>(ctx: &Ctx, contents: &Contents, pages: impl IntoIterator<Item = &'a Content>) -> Result<Self> {
        Ok(Self::placed(contents.people(ctx, pages).await?))
    }

    /// Each with an address of their own. Of two people of one name the one whose profile is older has the plain one: a new
    /// author never takes the address of an old one.
    fn placed(profiles: BTreeMap<AuthorProfileId, AuthorProfile>) -> Self {
        let mut taken = HashSet::new();
        let placed = profiles.into_iter().map(|(id, AuthorProfile { profile, former_slugs, updated_at, .. })| {
            let plain = slugify(&profile.name);
            let mut slug = plain.clone();
            for number in 2.. {
                if taken.insert(slug.clone()) {
                    break;
                }
                slug = format!("{plain}-{number}");
            }
            let person = Person {
                slug,
                former_slugs,
                name: profile.name,
                job_title: profile.job_title,
                bio: profile.bio,
                credentials: profile.credentials,
                same_as: profile.same_as,
                updated_at,
            };
            (id, person)
        });
        Self(placed.collect())
    }

    /// Who a content names, if they are there.
    pub fn get(&self, id: Option<AuthorProfileId>) -> Option<&Person> {
        self.0.get(&id?)
    }
}

#[cfg(test)]
mod tests {
    use igny8_core::{AuthorProfileId, Timestamp};
    use igny8_thinker::{AuthorProfile, AuthorProfileInput};

    use super::People;

    #[test]
    fn the_older_profile_keeps_the_plain_address() {
        let profile = |at: i64, name: &str| AuthorProfile {
            id: AuthorProfileId::new(at, 7),
            profile: AuthorProfileInput { name: name.to_owned(), ..AuthorProfileInput::default() },
            former_slugs: Vec::new(),
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
            created_by: None,
            version: 1,
        };
        let all = [profile(3, "Ana Ruiz"), profile(1, "ana ruiz"), profile(2, "Ana Ruiz 2"), profile(4, "Ana Ruiz")];
        let ids = all.each_ref().map(|profile| profile.id);
        let people = People::placed(all.into_iter().map(|profile| (profile.id, profile)).collect());
        let addresses = ids.map(|id| people.get(Some(id)).unwrap().address());
        let expected = ["/authors/ana-ruiz-3", "/authors/ana-ruiz", "/authors/ana-ruiz-2", "/authors/ana-ruiz-4"];
        assert_eq!(addresses, expected);
        assert!(people.get(None).is_none() && people.get(Some(AuthorProfileId::new(9, 9))).is_none());
    }
}
