/* import_x: rules of the X API v2, PowerTrack's older names, and what the search box takes (import.md says
 * where). */
#include "import_field.h"

#define NO_ID     "identifiers of posts, lists and threads are not looked at"
#define NO_PERSON "nothing is known of an author but handle, name and followers"
#define NO_PLACE  "mentions know their country and nothing smaller"
#define NO_TIME   "an alert listens from now on; for the past: earshot replay --since"
#define NO_CARD   "what kind of card a link unfolds to is not known"
#define NO_COUNT  "of an author only the followers are counted"
#define NO_SIGN   "a mention is not asked whether it has tags, handles or cashtags at all"
#define NO_QUOTE  "posts that quote another are not told from others"
#define YOURS     "it depends on who asks"

#define ANY_MEDIA                                                                                            \
    .with = "has:media", .note = "the kinds of media are not told apart: any media", .effect = IMPORT_MORE
#define PART_OF_ENGAGEMENT                                                                                   \
    .carry = import_carry_minimum, .with = "engagement",                                                     \
    .note = "engagement is likes, reposts and replies together", .effect = IMPORT_MORE
#define AT_HANDLE(what)                                                                                      \
    .carry = import_carry_text, .with = "(\"@%\" AND is:" what ")",                                          \
    .note = "whom a post answers or repeats is not known: those that name the handle",                       \
    .effect = IMPORT_OTHER

static const struct import_choice IS[] = {
    {.written = "retweet", .with = "is:repost"},
    {.written = "reply", .with = "is:reply"},
    {.written = "quote", .note = NO_QUOTE},
    {.written = "verified", .note = NO_PERSON},
    {.written = "nullcast", .note = "promoted posts are not told from others"},
    {0},
};

static const struct import_choice HAS[] = {
    {.written = "links", .with = "has:link"},
    {.written = "media", .with = "has:media"},
    {.written = "images", ANY_MEDIA},
    {.written = "videos", ANY_MEDIA},
    {.written = "video_link", ANY_MEDIA},
    {.written = "hashtags", .note = NO_SIGN},
    {.written = "cashtags", .note = NO_SIGN},
    {.written = "mentions", .note = NO_SIGN},
    {.written = "symbols", .note = NO_SIGN},
    {.written = "geo", .note = NO_PLACE},
    {0},
};

static const struct import_choice FILTERS[] = {
    {.written = "links", .with = "has:link"},
    {.written = "media", .with = "has:media"},
    {.written = "images", ANY_MEDIA},
    {.written = "twimg", ANY_MEDIA},
    {.written = "videos", ANY_MEDIA},
    {.written = "native_video", ANY_MEDIA},
    {.written = "consumer_video", ANY_MEDIA},
    {.written = "pro_video", ANY_MEDIA},
    {.written = "replies", .with = "is:reply"},
    {.written = "retweets", .with = "is:repost"},
    {.written = "nativeretweets", .with = "is:repost"},
    {.written = "has_engagement", .with = "engagement:[1 TO *]"},
    {.written = "quote", .note = NO_QUOTE},
    {.written = "verified", .note = NO_PERSON},
    {.written = "blue_verified", .note = NO_PERSON},
    {.written = "follows", .note = YOURS},
    {.written = "social", .note = YOURS},
    {.written = "trusted", .note = YOURS},
    {.written = "safe", .note = "sensitive posts are not told from others"},
    {.written = "news", .note = "which links lead to news is not known"},
    {.written = "mentions", .note = NO_SIGN},
    {.written = "hashtags", .note = NO_SIGN},
    {0},
};

static const struct import_choice EXCLUDED[] = {
    {.written = "links", .with = "(NOT has:link)"},
    {.written = "media", .with = "(NOT has:media)"},
    {.written = "replies", .with = "(NOT is:reply)"},
    {.written = "retweets", .with = "(NOT is:repost)"},
    {.written = "nativeretweets", .with = "(NOT is:repost)"},
    {0},
};

static const struct import_field FIELDS[] = {
    {.name = "from", .carry = import_carry_text, .with = "author:\"@%\""},
    {.name = "to", AT_HANDLE("reply")},
    {.name = "retweets_of", AT_HANDLE("repost")},
    {.name = "url", .carry = import_carry_link},
    {.name = "url_contains", .carry = import_carry_link},
    {.name = "url_title", .carry = import_carry_nothing, .note = "the page behind a link is not looked at"},
    {.name = "url_description",
     .carry = import_carry_nothing,
     .note = "the page behind a link is not looked at"},
    {.name = "lang", .carry = import_carry_language},
    {.name = "place_country", .carry = import_carry_country},
    {.name = "profile_country",
     .carry = import_carry_country,
     .note = "the author's country is not told from the mention's",
     .effect = IMPORT_OTHER},
    {.name = "is", .carry = import_carry_choice, .choices = IS},
    {.name = "has", .carry = import_carry_choice, .choices = HAS},
    {.name = "filter", .carry = import_carry_choice, .choices = FILTERS},
    {.name = "exclude", .carry = import_carry_choice, .choices = EXCLUDED},
    {.name = "include", .carry = import_carry_always},
    {.name = "followers_count", .carry = import_carry_minimum, .with = "followers"},
    {.name = "min_faves", PART_OF_ENGAGEMENT},
    {.name = "min_likes", PART_OF_ENGAGEMENT},
    {.name = "min_retweets", PART_OF_ENGAGEMENT},
    {.name = "min_replies", PART_OF_ENGAGEMENT},
    {.name = "retweets_of_status_id", .carry = import_carry_nothing, .note = NO_ID},
    {.name = "retweets_of_tweet_id", .carry = import_carry_nothing, .note = NO_ID},
    {.name = "in_reply_to_status_id", .carry = import_carry_nothing, .note = NO_ID},
    {.name = "in_reply_to_tweet_id", .carry = import_carry_nothing, .note = NO_ID},
    {.name = "quotes_of_tweet_id", .carry = import_carry_nothing, .note = NO_ID},
    {.name = "quoted_tweet_id", .carry = import_carry_nothing, .note = NO_ID},
    {.name = "quoted_user_id", .carry = import_carry_nothing, .note = NO_ID},
    {.name = "conversation_id", .carry = import_carry_nothing, .note = NO_ID},
    {.name = "list", .carry = import_carry_nothing, .note = NO_ID},
    {.name = "since_id", .carry = import_carry_nothing, .note = NO_ID},
    {.name = "max_id", .carry = import_carry_nothing, .note = NO_ID},
    {.name = "context",
     .carry = import_carry_nothing,
     .note = "the topics that X finds in posts are X's own"},
    {.name = "entity", .carry = import_carry_nothing, .note = "the topics that X finds in posts are X's own"},
    {.name = "embedding", .carry = import_carry_nothing, .note = "meaning is not compared, only words"},
    {.name = "embedding_threshold",
     .carry = import_carry_nothing,
     .note = "meaning is not compared, only words"},
    {.name = "sample", .carry = import_carry_nothing, .note = "an alert finds all that match, not a part"},
    {.name = "source",
     .carry = import_carry_nothing,
     .note = "the program that a post was written with is not known"},
    {.name = "bio", .carry = import_carry_nothing, .note = NO_PERSON},
    {.name = "user_bio", .carry = import_carry_nothing, .note = NO_PERSON},
    {.name = "bio_name", .carry = import_carry_text, .with = "author:$"},
    {.name = "bio_location", .carry = import_carry_nothing, .note = NO_PERSON},
    {.name = "user_bio_location", .carry = import_carry_nothing, .note = NO_PERSON},
    {.name = "profile_region", .carry = import_carry_nothing, .note = NO_PLACE},
    {.name = "profile_locality", .carry = import_carry_nothing, .note = NO_PLACE},
    {.name = "profile_subregion", .carry = import_carry_nothing, .note = NO_PLACE},
    {.name = "place", .carry = import_carry_nothing, .note = NO_PLACE},
    {.name = "point_radius", .carry = import_carry_nothing, .note = NO_PLACE},
    {.name = "bounding_box", .carry = import_carry_nothing, .note = NO_PLACE},
    {.name = "near", .carry = import_carry_nothing, .note = NO_PLACE},
    {.name = "within", .carry = import_carry_nothing, .note = NO_PLACE},
    {.name = "geocode", .carry = import_carry_nothing, .note = NO_PLACE},
    {.name = "tweets_count", .carry = import_carry_nothing, .note = NO_COUNT},
    {.name = "following_count", .carry = import_carry_nothing, .note = NO_COUNT},
    {.name = "listed_count", .carry = import_carry_nothing, .note = NO_COUNT},
    {.name = "since", .carry = import_carry_nothing, .note = NO_TIME},
    {.name = "until", .carry = import_carry_nothing, .note = NO_TIME},
    {.name = "since_time", .carry = import_carry_nothing, .note = NO_TIME},
    {.name = "until_time", .carry = import_carry_nothing, .note = NO_TIME},
    {.name = "within_time", .carry = import_carry_nothing, .note = NO_TIME},
    {.name = "card_name", .carry = import_carry_nothing, .note = NO_CARD},
    {.name = "card_domain", .carry = import_carry_link},
    {.name = "card_url", .carry = import_carry_link},
};

const struct import_dialect IMPORT_X = {
    .name = "x",
    .title = "X",
    .fields = FIELDS,
    .field_count = COUNT_OF(FIELDS),
    .emoticons = true,
};
