"""Articles from templates that are filled in day after day: the same sentences, other facts.

No two of them are duplicates.
"""

import random
from collections.abc import Iterator

TEMPLATES = (
    "The weather in {town} will be {sky} on {day}, with a high of {n} degrees and a low of {n} "
    "degrees. Winds from the {side} reach {n} "
    "kilometres an hour by evening. The chance of rain stands at {n} per cent, and the sun sets "
    "at {hour}. Drivers in {region} should "
    "allow for mist before dawn, says the weather office in {town}. On {day} the temperature in "
    "{town} climbs to {n} degrees, while "
    "{town} and the coast stay {sky}. The pollen count is {n}. For the week as a whole the "
    "office expects {n} hours of sun in {region}.",
    "Shares of {company} closed at {n} on {day}, {way} {n} per cent, as the {index} index ended "
    "the session at {big} points. Turnover "
    "reached {n} million, against {n} million the day before. {company} was the day's best "
    "performer with a gain of {n} per cent, "
    "followed by {company} with {n} per cent. At the other end of the list, {company} lost {n} "
    "per cent and {company} {n} per cent. "
    "Analysts at {company} said that investors were waiting for figures due on {day}. The "
    "currency traded at {n} to the dollar.",
    "{team} beat {team} {n} to {n} on {day} in front of {big} spectators. {person} put the hosts "
    "ahead after {n} minutes, before "
    "{person} levelled the score from the spot. The decisive goal fell in minute {n}, when "
    "{person} headed in a corner taken by "
    "{person}. It was the club's win number {n} of the season, which leaves {team} in place {n} "
    "of the table with {n} points. Coach "
    "{person} praised his players after the final whistle. On {day} the side travels to {town}, "
    "where {team} are waiting.",
    "The numbers drawn on {day} are {n}, {n}, {n}, {n}, {n} and {n}; the bonus number is {n}. "
    "The jackpot of {big} went to a player in "
    "{region}. In the second class {n} players win {big} each, in the third class {n} players "
    "win {big}. The next draw takes place on "
    "{day} at {hour} in {town}, and {big} are in the pot. All figures are given without "
    "guarantee. Tickets can be bought in shops "
    "until one hour before the draw, and winners have three months to claim what they have won "
    "at the office of the lottery.",
    "For sale in {town}, {region}: a house of {n} square metres with {n} rooms on a plot of "
    "{big} square metres, built in {big} and "
    "renovated in {big}. It lies {n} minutes from the station and {n} minutes from the nearest "
    "school. The asking price is {big}. "
    "Heating costs came to {big} last year. Viewings are held on {day} at {hour}; please "
    "register with {person} of {company}. The "
    "kitchen is fitted, the cellar is dry, and the garden faces {side}. Pets are welcome, and a "
    "parking space can be rented.",
    "【{town}】{day}の天気は{sky}、最高気温は{n}度、最低気温は{n}度の予想です。降水確率は{n}"
    "パーセント、風は毎秒{n}メートルでしょう。日の出は{hour}、"
    "日の入りは{hour}です。週末は{n}度まで上がり、湿度は{n}パーセントの見込みです。お出か"
    "けの際は最新の気象情報をご確認ください。来週の平均気温は{n}度です。",
)
_TOWNS = [
    "Ashford",
    "Barrow",
    "Carlow",
    "Denby",
    "Elland",
    "Frodsham",
    "Goole",
    "Harwich",
    "Ilkley",
    "Jarrow",
    "Kendal",
    "Ludlow",
]
_PEOPLE = [
    "Adler",
    "Brandt",
    "Castro",
    "Dupont",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Horvat",
    "Ivanov",
    "Jensen",
    "Kowalski",
    "Larsen",
]
_CHOICES = {
    "town": _TOWNS,
    "region": [f"{town}shire" for town in _TOWNS],
    "sky": ["sunny", "cloudy", "dry", "stormy", "clear", "misty"],
    "side": ["north", "west", "south", "east"],
    "way": ["up", "down"],
    "day": [
        f"{n} {month}"
        for n in range(1, 29)
        for month in ("January", "March", "June", "August", "October")
    ],
    "company": [
        f"{name} {form}" for name in _PEOPLE for form in ("Holdings", "Motors", "Foods", "Energy")
    ],
    "index": ["Alpha", "Beta", "Gamma"],
    "team": [f"{town} {form}" for town in _TOWNS for form in ("United", "Rovers")],
    "person": [
        f"{first} {last}" for first in ("Anna", "Ben", "Carla", "Dan", "Eva") for last in _PEOPLE
    ],
}


def filled(template: str, rng: random.Random) -> str:
    """The template with facts of its own in every place."""
    while "{" in template:
        start = template.index("{")
        end = template.index("}", start)
        template = template[:start] + _fact(template[start + 1 : end], rng) + template[end + 1 :]
    return template


def series(copies: int, rng: random.Random) -> Iterator[list[str]]:
    """For each template, that many articles."""
    for template in TEMPLATES:
        yield [filled(template, rng) for _ in range(copies)]


def _fact(name: str, rng: random.Random) -> str:
    if name == "n":
        return str(rng.randint(2, 99))
    if name == "big":
        return f"{rng.randint(1, 99)},{rng.randint(100, 999)}"
    if name == "hour":
        return f"{rng.randint(4, 22)}:{rng.randint(10, 59)}"
    return rng.choice(_CHOICES[name])
