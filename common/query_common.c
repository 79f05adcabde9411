/* query_common: the function words of the languages that most mentions are in, from grammars, and the most
 * frequent characters of Chinese and Japanese. No word that could be a brand's or a thing's is worth having
 * here. */
#include "query_common.h"

#include <stdlib.h>

/* clang-format off */
static const char *const WORDS[] = { /* by bytes */
    "a", "aan", "aber", "about", "ada", "al", "ale", "all", "als", "am", "ama", "an", "and", "any",
    "ao", "are", "as", "at", "att", "até", "au", "auch", "auf", "aus", "av", "avec", "avoir", "be",
    "been", "bei", "ben", "bij", "bir", "bu", "but", "by", "być", "can", "ce", "ces", "cette", "che",
    "cho", "ci", "co", "com", "come", "comme", "como", "con", "cosa", "could", "cuando", "czy", "có",
    "của", "da", "daha", "dan", "dans", "das", "dass", "dat", "de", "del", "della", "dem", "den",
    "dengan", "der", "des", "desde", "det", "deze", "di", "did", "die", "diese", "dire", "dit", "dla",
    "do", "doch", "donde", "door", "dos", "du", "durch", "e", "een", "ein", "eine", "einem", "einen",
    "einer", "el", "ele", "elle", "em", "en", "entre", "er", "es", "est", "esta", "estar", "este",
    "et", "eu", "faire", "foi", "for", "from", "fue", "för", "für", "geen", "get", "gibi", "go", "ha",
    "haben", "haber", "had", "hai", "har", "has", "hasta", "hat", "have", "hay", "he", "heb", "hebben",
    "heeft", "hem", "her", "het", "him", "his", "ho", "hoe", "how", "i", "ich", "if", "ihm", "ihr",
    "ik", "il", "ile", "im", "in", "ini", "inte", "io", "is", "isso", "ist", "it", "its", "itu",
    "için", "ja", "jag", "jak", "je", "jego", "jej", "jest", "jsem", "just", "już", "já", "kadar",
    "kann", "không", "la", "las", "le", "les", "lo", "los", "lui", "là", "ma", "maar", "mais", "man",
    "mas", "me", "med", "men", "met", "mi", "mich", "mij", "mijn", "mir", "mit", "mnie", "mon", "more",
    "muito", "muy", "my", "más", "một", "na", "naar", "nach", "ne", "nicht", "nie", "niet", "no",
    "noch", "nog", "non", "nos", "not", "nous", "now", "nur", "não", "o", "och", "od", "oder", "of",
    "om", "on", "one", "ook", "op", "or", "os", "ou", "our", "out", "over", "par", "para", "pas",
    "pela", "pelo", "per", "pero", "più", "plus", "po", "por", "porque", "pour", "pro", "przez", "på",
    "quando", "que", "questo", "qui", "quien", "s", "say", "se", "sei", "sein", "ser", "seu", "she",
    "si", "sich", "sie", "sin", "się", "so", "sobre", "som", "some", "son", "sono", "sont", "su",
    "sua", "sur", "sí", "só", "są", "ta", "tak", "también", "também", "te", "tego", "ten", "tener",
    "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "ti", "tidak",
    "till", "to", "todo", "tot", "tout", "tylko", "uit", "um", "uma", "un", "una", "und", "une", "uns",
    "untuk", "up", "us", "v", "van", "var", "ve", "von", "voor", "vous", "và", "w", "want", "war",
    "was", "wat", "we", "wel", "wenn", "werden", "were", "what", "when", "which", "who", "wie", "will",
    "wir", "wird", "with", "wordt", "would", "y", "yang", "you", "your", "z", "za", "zal", "ze",
    "zich", "zijn", "zo", "zou", "zu", "zum", "zur", "à", "är", "çok", "être", "über", "że", "že",
    "από", "για", "είναι", "η", "και", "με", "να", "που", "στο", "την", "της", "το", "του", "бы",
    "был", "в", "все", "вы", "да", "для", "до", "его", "же", "з", "за", "и", "из", "к", "как", "мне",
    "мы", "на", "не", "но", "о", "он", "она", "от", "по", "с", "та", "так", "то", "ты", "у", "це",
    "что", "що", "это", "я", "як", "і", "أن", "إلى", "على", "عن", "في", "لا", "ما", "مع", "من", "هذا",
    "هذه", "يا", "あ", "い", "う", "か", "が", "こ", "さ", "し", "す", "た", "て", "で", "と", "な", "に", "の", "は",
    "ま", "も", "よ", "り", "る", "れ", "を", "ん", "ー", "一", "上", "不", "个", "中", "为", "也", "了", "人", "他", "以",
    "们", "会", "你", "到", "可", "和", "国", "在", "大", "子", "就", "我", "时", "是", "有", "来", "的", "着", "要", "说",
    "这", "가", "것", "그", "나", "너", "는", "도", "를", "에", "은", "을", "의", "이",
};
/* clang-format on */

static int compare(const void *a, const void *b) {
    return span_order(*(const struct span *)a, span_of(*(const char *const *)b));
}

bool query_is_common(struct span word) {
    return word.len > 0 && bsearch(&word, WORDS, COUNT_OF(WORDS), sizeof *WORDS, compare) != NULL;
}
