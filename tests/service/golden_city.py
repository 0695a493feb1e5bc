"""The city of the projects of before (tests/data/projects): conflicts of every kind, and ids that no plain list could hold."""

from small_city import SmallCity, feature, square


def shifted(ring, east, north):
    return [[x + east, y + north] for x, y in ring]


def title(en, zh):
    return {"en": en, "zh": zh}


def golden_city(folder):
    city = SmallCity(folder)
    city.layers |= {
        "police": [feature({"id": "P1", "name": "一所"}, square(0, 0, 3, 3)),
                   feature({"id": "P>2", "name": "二所"}, square(3, 0, 4, 3)),
                   feature({"id": "P1,P>2", "name": "三所"}, square(3, 0, 4, 3))],
        "health": [feature({"id": "H1", "name": "a"}, square(0, 0, 4, 1.2)),
                   feature({"id": "H,2", "name": "b"}, square(0, 1, 4, 2)),
                   feature({"id": "H'\"3", "name": "c / d"}, square(0, 2, 4, 2.7)),
                   feature({"id": "far", "name": "e"}, square(9, 9, 10, 10))],
        "beats": [feature({"id": "B1", "name": "", "of": "P1"}, square(0, 0, 2.97, 1.5)),
                  feature({"id": "B2", "name": "", "of": "P1"}, square(0, 1.5, 2.97, 3)),
                  feature({"id": "B3", "name": "", "of": "P>2"}, square(2.97, 0, 4, 1.5)),
                  feature({"id": "B4", "name": "", "of": "P1"}, square(2.97, 1.5, 4, 3))],
        "schools": [feature({"id": f"S{x}{y}", "name": ""}, shifted(square(x, y, x + 1, y + 1), 0.0004, -0.0003))
                    for x in range(4) for y in range(3)],
        "markets": [feature({"id": "M1", "name": "市场"}, square(1, 0, 1.3, 3))]}
    city.catalogue["layers"] += [
        {"id": "beats", "title": title("Beats", "警务区"), "department": title("Police", "公安"), "source": "beats.geojson",
         "key": "id", "name": "name", "rank": 3, "accuracy": 20, "parent": {"layer": "police", "key": "of"}},
        {"id": "schools", "title": title("School areas", "学区"), "department": title("Education", "教育"),
         "source": "schools.geojson", "key": "id", "name": "name", "rank": 4, "accuracy": 25}]
    for layer in city.catalogue["layers"]:  # as the older projects have them, of which all fields came along
        layer["fields"] = list(city.layers[layer["id"]][0]["properties"])
    city.catalogue["unify"] |= {"households": {"min": 250, "max": 330},
                                "special": {"source": "markets.geojson", "key": "id", "name": "name"}}
    return city
