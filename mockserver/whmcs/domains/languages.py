"""The languages of international domain names, by their code of three letters."""

_LIST = """
afr Afrikaans,alb Albanian,ara Arabic,arg Aragonese,arm Armenian,asm Assamese,ast Asturian,ave Avestan,awa Awadhi,
aze Azerbaijani,bak Bashkir,bal Baluchi,ban Balinese,baq Basque,bas Basa,bel Belarusian,ben Bengali,bho Bhojpuri,
bos Bosnian,bul Bulgarian,bur Burmese,car Carib,cat Catalan,che Chechen,chi Chinese,chv Chuvash,cop Coptic,
cos Corsican,cze Czech,dan Danish,div Divehi,doi Dogri,dut Dutch,eng English,est Estonian,fao Faroese,fij Fijian,
fin Finnish,fre French,fry Frisian,geo Georgian,ger German,gla Scottish Gaelic,gle Irish,glg Galician,gre Greek,
guj Gujarati,heb Hebrew,hin Hindi,hrv Croatian,hun Hungarian,ice Icelandic,inc Indic,ind Indonesian,inh Ingush,
ita Italian,jav Javanese,jpn Japanese,kas Kashmiri,kaz Kazakh,khm Khmer,kir Kirghiz,kor Korean,kur Kurdish,lao Lao,
lat Latin,lav Latvian,lit Lithuanian,ltz Luxembourgish,mac Macedonian,mal Malayalam,mao Maori,may Malay,mlt Maltese,
mol Moldavian,mon Mongolian,nep Nepali,nor Norwegian,ori Oriya,oss Ossetian,pan Panjabi,per Persian,pol Polish,
por Portuguese,pus Pushto,raj Rajasthani,rum Romanian,rus Russian,san Sanskrit,sin Sinhalese,slo Slovak,slv Slovenian,
smo Samoan,snd Sindhi,som Somali,spa Spanish,srd Sardinian,srp Serbian,swa Swahili,swe Swedish,syr Syriac,tam Tamil,
tel Telugu,tgk Tajik,tha Thai,tib Tibetan,tur Turkish,ukr Ukrainian,urd Urdu,uzb Uzbek,vie Vietnamese,wel Welsh,
yid Yiddish
"""

#: the name by the code, in the order of the codes
LANGUAGES: dict[str, str] = {
    code: language
    for code, _, language in sorted(each.strip().partition(" ") for each in _LIST.split(","))
}  # fmt: skip
