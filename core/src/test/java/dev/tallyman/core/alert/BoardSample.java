package dev.tallyman.core.alert;

import dev.tallyman.core.alert.Entry.Phase;
import dev.tallyman.core.delivery.Notifications;
import dev.tallyman.core.delivery.Severity;
import dev.tallyman.core.store.Store;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A board with something in each of its parts. */
public final class BoardSample {
  private BoardSample() {}

  /** Keeps it. */
  public static void write(Store store, Instant now) {
    var entries = new TreeMap<String, Entry>();
    for (Phase phase : Phase.values()) {
      entries.put(
          "team-a/" + phase,
          new Entry(
              "team-a",
              "2000 usd",
              new BigDecimal("1600.50"),
              "80 %",
              Severity.WARNING,
              now.minusSeconds(7200),
              now.minusSeconds(3600),
              new BigDecimal("1840"),
              phase,
              phase == Phase.OPEN ? Optional.empty() : Optional.of(now.plusSeconds(86_400)),
              List.of("ops")));
    }
    new AlertStateStore(store, "acme")
        .replace(
            new AlertStateStore.Held(AlertState.EMPTY, 0, false),
            new AlertState(
                entries,
                List.of(Notifications.warning(now, "0123abcd", "ops")),
                new TreeMap<>(Map.of("team-b", now.plusSeconds(60))),
                new TreeMap<>(Map.of("team-a", new Rules.Seen("2000 usd", now)))));
  }

  /** What is kept. */
  public static Object read(Store store) {
    return new AlertStateStore(store, "acme").load();
  }
}
