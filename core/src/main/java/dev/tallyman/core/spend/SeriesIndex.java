package dev.tallyman.core.spend;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gives each series a place in the columns of this process. */
final class SeriesIndex {
  private final Map<String, Integer> places = new HashMap<>();
  private final List<String> ids = new ArrayList<>();

  int of(String id) {
    Integer place = places.get(id);
    if (place == null) {
      place = ids.size();
      places.put(id, place);
      ids.add(id);
    }
    return place;
  }

  String id(int place) {
    return ids.get(place);
  }

  int count() {
    return ids.size();
  }
}
