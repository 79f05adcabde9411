/* query_codes: tables that change about once in ten years, and a guess at what was meant that goes from the
 * surest to the vaguest. Names are in English, as people here write them. */
#include "query_codes.h"

#include "earshot/edits.h"

/* clang-format off */
static const struct query_code LANGUAGES[] = {
    {"aa", "Afar"}, {"ab", "Abkhazian"}, {"ae", "Avestan"}, {"af", "Afrikaans"}, {"ak", "Akan"},
    {"am", "Amharic"}, {"an", "Aragonese"}, {"ar", "Arabic"}, {"as", "Assamese"}, {"av", "Avaric"},
    {"ay", "Aymara"}, {"az", "Azerbaijani"}, {"ba", "Bashkir"}, {"be", "Belarusian"}, {"bg", "Bulgarian"},
    {"bi", "Bislama"}, {"bm", "Bambara"}, {"bn", "Bengali"}, {"bo", "Tibetan"}, {"br", "Breton"},
    {"bs", "Bosnian"}, {"ca", "Catalan"}, {"ce", "Chechen"}, {"ch", "Chamorro"}, {"co", "Corsican"},
    {"cr", "Cree"}, {"cs", "Czech"}, {"cu", "Church Slavonic"}, {"cv", "Chuvash"}, {"cy", "Welsh"},
    {"da", "Danish"}, {"de", "German"}, {"dv", "Divehi"}, {"dz", "Dzongkha"}, {"ee", "Ewe"},
    {"el", "Greek"}, {"en", "English"}, {"eo", "Esperanto"}, {"es", "Spanish"}, {"et", "Estonian"},
    {"eu", "Basque"}, {"fa", "Persian"}, {"ff", "Fulah"}, {"fi", "Finnish"}, {"fj", "Fijian"},
    {"fo", "Faroese"}, {"fr", "French"}, {"fy", "Frisian"}, {"ga", "Irish"}, {"gd", "Gaelic"},
    {"gl", "Galician"}, {"gn", "Guarani"}, {"gu", "Gujarati"}, {"gv", "Manx"}, {"ha", "Hausa"},
    {"he", "Hebrew"}, {"hi", "Hindi"}, {"ho", "Hiri Motu"}, {"hr", "Croatian"}, {"ht", "Haitian"},
    {"hu", "Hungarian"}, {"hy", "Armenian"}, {"hz", "Herero"}, {"ia", "Interlingua"}, {"id", "Indonesian"},
    {"ie", "Interlingue"}, {"ig", "Igbo"}, {"ii", "Yi"}, {"ik", "Inupiaq"}, {"io", "Ido"},
    {"is", "Icelandic"}, {"it", "Italian"}, {"iu", "Inuktitut"}, {"ja", "Japanese"}, {"jv", "Javanese"},
    {"ka", "Georgian"}, {"kg", "Kongo"}, {"ki", "Kikuyu"}, {"kj", "Kuanyama"}, {"kk", "Kazakh"},
    {"kl", "Kalaallisut"}, {"km", "Khmer"}, {"kn", "Kannada"}, {"ko", "Korean"}, {"kr", "Kanuri"},
    {"ks", "Kashmiri"}, {"ku", "Kurdish"}, {"kv", "Komi"}, {"kw", "Cornish"}, {"ky", "Kyrgyz"},
    {"la", "Latin"}, {"lb", "Luxembourgish"}, {"lg", "Ganda"}, {"li", "Limburgish"}, {"ln", "Lingala"},
    {"lo", "Lao"}, {"lt", "Lithuanian"}, {"lu", "Luba-Katanga"}, {"lv", "Latvian"}, {"mg", "Malagasy"},
    {"mh", "Marshallese"}, {"mi", "Maori"}, {"mk", "Macedonian"}, {"ml", "Malayalam"}, {"mn", "Mongolian"},
    {"mr", "Marathi"}, {"ms", "Malay"}, {"mt", "Maltese"}, {"my", "Burmese"}, {"na", "Nauru"},
    {"nb", "Norwegian Bokmål"}, {"nd", "North Ndebele"}, {"ne", "Nepali"}, {"ng", "Ndonga"},
    {"nl", "Dutch"}, {"nn", "Norwegian Nynorsk"}, {"no", "Norwegian"}, {"nr", "South Ndebele"},
    {"nv", "Navajo"}, {"ny", "Chichewa"}, {"oc", "Occitan"}, {"oj", "Ojibwa"}, {"om", "Oromo"},
    {"or", "Odia"}, {"os", "Ossetian"}, {"pa", "Punjabi"}, {"pi", "Pali"}, {"pl", "Polish"},
    {"ps", "Pashto"}, {"pt", "Portuguese"}, {"qu", "Quechua"}, {"rm", "Romansh"}, {"rn", "Rundi"},
    {"ro", "Romanian"}, {"ru", "Russian"}, {"rw", "Kinyarwanda"}, {"sa", "Sanskrit"}, {"sc", "Sardinian"},
    {"sd", "Sindhi"}, {"se", "Northern Sami"}, {"sg", "Sango"}, {"si", "Sinhala"}, {"sk", "Slovak"},
    {"sl", "Slovenian"}, {"sm", "Samoan"}, {"sn", "Shona"}, {"so", "Somali"}, {"sq", "Albanian"},
    {"sr", "Serbian"}, {"ss", "Swati"}, {"st", "Sotho"}, {"su", "Sundanese"}, {"sv", "Swedish"},
    {"sw", "Swahili"}, {"ta", "Tamil"}, {"te", "Telugu"}, {"tg", "Tajik"}, {"th", "Thai"},
    {"ti", "Tigrinya"}, {"tk", "Turkmen"}, {"tl", "Tagalog"}, {"tn", "Tswana"}, {"to", "Tongan"},
    {"tr", "Turkish"}, {"ts", "Tsonga"}, {"tt", "Tatar"}, {"tw", "Twi"}, {"ty", "Tahitian"},
    {"ug", "Uyghur"}, {"uk", "Ukrainian"}, {"ur", "Urdu"}, {"uz", "Uzbek"}, {"ve", "Venda"},
    {"vi", "Vietnamese"}, {"vo", "Volapük"}, {"wa", "Walloon"}, {"wo", "Wolof"}, {"xh", "Xhosa"},
    {"yi", "Yiddish"}, {"yo", "Yoruba"}, {"za", "Zhuang"}, {"zh", "Chinese"}, {"zu", "Zulu"},
};

static const struct query_code COUNTRIES[] = {
    {"AD", "Andorra"}, {"AE", "United Arab Emirates"}, {"AF", "Afghanistan"}, {"AG", "Antigua & Barbuda"},
    {"AI", "Anguilla"}, {"AL", "Albania"}, {"AM", "Armenia"}, {"AO", "Angola"}, {"AQ", "Antarctica"},
    {"AR", "Argentina"}, {"AS", "Samoa (American)"}, {"AT", "Austria"}, {"AU", "Australia"},
    {"AW", "Aruba"}, {"AX", "Åland Islands"}, {"AZ", "Azerbaijan"}, {"BA", "Bosnia & Herzegovina"},
    {"BB", "Barbados"}, {"BD", "Bangladesh"}, {"BE", "Belgium"}, {"BF", "Burkina Faso"}, {"BG", "Bulgaria"},
    {"BH", "Bahrain"}, {"BI", "Burundi"}, {"BJ", "Benin"}, {"BL", "St Barthelemy"}, {"BM", "Bermuda"},
    {"BN", "Brunei"}, {"BO", "Bolivia"}, {"BQ", "Caribbean NL"}, {"BR", "Brazil"}, {"BS", "Bahamas"},
    {"BT", "Bhutan"}, {"BV", "Bouvet Island"}, {"BW", "Botswana"}, {"BY", "Belarus"}, {"BZ", "Belize"},
    {"CA", "Canada"}, {"CC", "Cocos (Keeling) Islands"}, {"CD", "Congo (Democratic Republic)"},
    {"CF", "Central African Rep."}, {"CG", "Congo"}, {"CH", "Switzerland"}, {"CI", "Côte d'Ivoire"},
    {"CK", "Cook Islands"}, {"CL", "Chile"}, {"CM", "Cameroon"}, {"CN", "China"}, {"CO", "Colombia"},
    {"CR", "Costa Rica"}, {"CU", "Cuba"}, {"CV", "Cape Verde"}, {"CW", "Curaçao"},
    {"CX", "Christmas Island"}, {"CY", "Cyprus"}, {"CZ", "Czechia"}, {"DE", "Germany"}, {"DJ", "Djibouti"},
    {"DK", "Denmark"}, {"DM", "Dominica"}, {"DO", "Dominican Republic"}, {"DZ", "Algeria"},
    {"EC", "Ecuador"}, {"EE", "Estonia"}, {"EG", "Egypt"}, {"EH", "Western Sahara"}, {"ER", "Eritrea"},
    {"ES", "Spain"}, {"ET", "Ethiopia"}, {"FI", "Finland"}, {"FJ", "Fiji"}, {"FK", "Falkland Islands"},
    {"FM", "Micronesia"}, {"FO", "Faroe Islands"}, {"FR", "France"}, {"GA", "Gabon"},
    {"GB", "United Kingdom"}, {"GD", "Grenada"}, {"GE", "Georgia"}, {"GF", "French Guiana"},
    {"GG", "Guernsey"}, {"GH", "Ghana"}, {"GI", "Gibraltar"}, {"GL", "Greenland"}, {"GM", "Gambia"},
    {"GN", "Guinea"}, {"GP", "Guadeloupe"}, {"GQ", "Equatorial Guinea"}, {"GR", "Greece"},
    {"GS", "South Georgia & the South Sandwich Islands"}, {"GT", "Guatemala"}, {"GU", "Guam"},
    {"GW", "Guinea-Bissau"}, {"GY", "Guyana"}, {"HK", "Hong Kong"},
    {"HM", "Heard Island & McDonald Islands"}, {"HN", "Honduras"}, {"HR", "Croatia"}, {"HT", "Haiti"},
    {"HU", "Hungary"}, {"ID", "Indonesia"}, {"IE", "Ireland"}, {"IL", "Israel"}, {"IM", "Isle of Man"},
    {"IN", "India"}, {"IO", "British Indian Ocean Territory"}, {"IQ", "Iraq"}, {"IR", "Iran"},
    {"IS", "Iceland"}, {"IT", "Italy"}, {"JE", "Jersey"}, {"JM", "Jamaica"}, {"JO", "Jordan"},
    {"JP", "Japan"}, {"KE", "Kenya"}, {"KG", "Kyrgyzstan"}, {"KH", "Cambodia"}, {"KI", "Kiribati"},
    {"KM", "Comoros"}, {"KN", "St Kitts & Nevis"}, {"KP", "North Korea"}, {"KR", "South Korea"},
    {"KW", "Kuwait"}, {"KY", "Cayman Islands"}, {"KZ", "Kazakhstan"}, {"LA", "Laos"}, {"LB", "Lebanon"},
    {"LC", "St Lucia"}, {"LI", "Liechtenstein"}, {"LK", "Sri Lanka"}, {"LR", "Liberia"}, {"LS", "Lesotho"},
    {"LT", "Lithuania"}, {"LU", "Luxembourg"}, {"LV", "Latvia"}, {"LY", "Libya"}, {"MA", "Morocco"},
    {"MC", "Monaco"}, {"MD", "Moldova"}, {"ME", "Montenegro"}, {"MF", "St Martin (French)"},
    {"MG", "Madagascar"}, {"MH", "Marshall Islands"}, {"MK", "North Macedonia"}, {"ML", "Mali"},
    {"MM", "Myanmar"}, {"MN", "Mongolia"}, {"MO", "Macau"}, {"MP", "Northern Mariana Islands"},
    {"MQ", "Martinique"}, {"MR", "Mauritania"}, {"MS", "Montserrat"}, {"MT", "Malta"}, {"MU", "Mauritius"},
    {"MV", "Maldives"}, {"MW", "Malawi"}, {"MX", "Mexico"}, {"MY", "Malaysia"}, {"MZ", "Mozambique"},
    {"NA", "Namibia"}, {"NC", "New Caledonia"}, {"NE", "Niger"}, {"NF", "Norfolk Island"},
    {"NG", "Nigeria"}, {"NI", "Nicaragua"}, {"NL", "Netherlands"}, {"NO", "Norway"}, {"NP", "Nepal"},
    {"NR", "Nauru"}, {"NU", "Niue"}, {"NZ", "New Zealand"}, {"OM", "Oman"}, {"PA", "Panama"},
    {"PE", "Peru"}, {"PF", "French Polynesia"}, {"PG", "Papua New Guinea"}, {"PH", "Philippines"},
    {"PK", "Pakistan"}, {"PL", "Poland"}, {"PM", "St Pierre & Miquelon"}, {"PN", "Pitcairn"},
    {"PR", "Puerto Rico"}, {"PS", "Palestine"}, {"PT", "Portugal"}, {"PW", "Palau"}, {"PY", "Paraguay"},
    {"QA", "Qatar"}, {"RE", "Réunion"}, {"RO", "Romania"}, {"RS", "Serbia"}, {"RU", "Russia"},
    {"RW", "Rwanda"}, {"SA", "Saudi Arabia"}, {"SB", "Solomon Islands"}, {"SC", "Seychelles"},
    {"SD", "Sudan"}, {"SE", "Sweden"}, {"SG", "Singapore"}, {"SH", "St Helena"}, {"SI", "Slovenia"},
    {"SJ", "Svalbard & Jan Mayen"}, {"SK", "Slovakia"}, {"SL", "Sierra Leone"}, {"SM", "San Marino"},
    {"SN", "Senegal"}, {"SO", "Somalia"}, {"SR", "Suriname"}, {"SS", "South Sudan"},
    {"ST", "Sao Tome & Principe"}, {"SV", "El Salvador"}, {"SX", "St Maarten (Dutch)"}, {"SY", "Syria"},
    {"SZ", "Eswatini (Swaziland)"}, {"TC", "Turks & Caicos Is"}, {"TD", "Chad"}, {"TF", "French S. Terr."},
    {"TG", "Togo"}, {"TH", "Thailand"}, {"TJ", "Tajikistan"}, {"TK", "Tokelau"}, {"TL", "East Timor"},
    {"TM", "Turkmenistan"}, {"TN", "Tunisia"}, {"TO", "Tonga"}, {"TR", "Turkey"},
    {"TT", "Trinidad & Tobago"}, {"TV", "Tuvalu"}, {"TW", "Taiwan"}, {"TZ", "Tanzania"}, {"UA", "Ukraine"},
    {"UG", "Uganda"}, {"UM", "US minor outlying islands"}, {"US", "United States"}, {"UY", "Uruguay"},
    {"UZ", "Uzbekistan"}, {"VA", "Vatican City"}, {"VC", "St Vincent"}, {"VE", "Venezuela"},
    {"VG", "Virgin Islands (UK)"}, {"VI", "Virgin Islands (US)"}, {"VN", "Vietnam"}, {"VU", "Vanuatu"},
    {"WF", "Wallis & Futuna"}, {"WS", "Samoa (western)"}, {"YE", "Yemen"}, {"YT", "Mayotte"},
    {"ZA", "South Africa"}, {"ZM", "Zambia"}, {"ZW", "Zimbabwe"},
};
/* clang-format on */

/* Codes of countries taken for those of their languages, and codes that ISO has given up. */
static const char *const LANGUAGE_HABITS[][2] = {
    {"cn", "zh"}, {"jp", "ja"}, {"gr", "el"}, {"cz", "cs"}, {"dk", "da"}, {"ua", "uk"}, {"iw", "he"},
    {"in", "id"}, {"ji", "yi"}, {"sh", "sr"}, {"at", "de"}, {"us", "en"}, {"gb", "en"},
};
static const char *const COUNTRY_HABITS[][2] = {
    {"uk", "GB"},    {"en", "GB"}, {"el", "GR"}, {"usa", "US"},     {"uae", "AE"}, {"england", "GB"},
    {"korea", "KR"}, {"ja", "JP"}, {"cs", "CZ"}, {"holland", "NL"}, {"da", "DK"},  {"zh", "CN"},
};

const struct query_codes QUERY_LANGUAGES = {LANGUAGES, COUNT_OF(LANGUAGES), LANGUAGE_HABITS,
                                            COUNT_OF(LANGUAGE_HABITS)};
const struct query_codes QUERY_COUNTRIES = {COUNTRIES, COUNT_OF(COUNTRIES), COUNTRY_HABITS,
                                            COUNT_OF(COUNTRY_HABITS)};

static char small(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Of the first len bytes of both, in any case. */
static bool same_letters(struct span a, struct span b, size_t len) {
    if (a.len < len || b.len < len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (small(a.ptr[i]) != small(b.ptr[i]))
            return false;
    return true;
}

const struct query_code *query_code_of(const struct query_codes *codes, struct span written) {
    size_t low = 0, high = written.len == 2 ? codes->count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *code = codes->codes[middle].code;
        int order = small(written.ptr[0]) - small(code[0]);
        if (order == 0)
            order = small(written.ptr[1]) - small(code[1]);
        if (order == 0)
            return &codes->codes[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static size_t edits_in_small(struct span written, const char *name) {
    char a[EDITS_BYTES_MAX], b[EDITS_BYTES_MAX];
    size_t len = strlen(name);
    if (written.len > sizeof a || len > sizeof b)
        return EDITS_FAR;
    for (size_t i = 0; i < written.len; i++)
        a[i] = small(written.ptr[i]);
    for (size_t i = 0; i < len; i++)
        b[i] = small(name[i]);
    return edits_between((struct span){a, written.len}, (struct span){b, len});
}

/* The first whose name begins so. */
static const struct query_code *by_name(const struct query_codes *codes, struct span written) {
    for (size_t i = 0; i < codes->count; i++)
        if (span_same(written, span_of(codes->codes[i].name)))
            return &codes->codes[i];
    for (size_t i = 0; written.len >= 3 && i < codes->count; i++)
        if (same_letters(written, span_of(codes->codes[i].name), written.len))
            return &codes->codes[i];
    return NULL;
}

static const struct query_code *by_edits(const struct query_codes *codes, struct span written) {
    const struct query_code *best = codes->codes;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < codes->count; i++) {
        const struct query_code *code = &codes->codes[i];
        size_t edits = edits_in_small(written, written.len > 3 ? code->name : code->code);
        if (edits < least) {
            least = edits;
            best = code;
        }
    }
    return best;
}

const struct query_code *query_code_near(const struct query_codes *codes, struct span written) {
    for (size_t i = 0; i < codes->habit_count; i++)
        if (span_same(written, span_of(codes->habits[i][0])))
            return query_code_of(codes, span_of(codes->habits[i][1]));
    const struct query_code *named = by_name(codes, written);
    if (named)
        return named;
    /* deu, en-GB: the rest is more than the two letters say. */
    if (written.len >= 3) {
        const struct query_code *begun = query_code_of(codes, (struct span){written.ptr, 2});
        bool tag = written.ptr[2] == '-' || written.ptr[2] == '_';
        if (begun && (tag || written.len == 3))
            return begun;
    }
    return by_edits(codes, written);
}
