package dev.tallyman.core.poll.records;

import dev.tallyman.core.store.Fields;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * How far the reading of one endpoint, or of the costs, has come.
 *
 * @param watermark up to where it was read without a gap
 * @param completeSince from where on it was read without a gap
 * @param lastHourly when {@link Lookback#HOURLY} was last read
 * @param lastDaily when {@link Lookback#DAILY} was
 * @param lastWeekly when {@link Lookback#WEEKLY} was
 * @param page how many hours fit into one answer, where fewer than the provider's limit do; 0 else
 * @param defects what of it is known in part only
 */
public record Progress(
    Optional<Instant> watermark,
    Optional<Instant> completeSince,
    Optional<Instant> lastHourly,
    Optional<Instant> lastDaily,
    Optional<Instant> lastWeekly,
    int page,
    Defects defects) {
  /** Nothing was ever read. */
  public static final Progress NONE =
      new Progress(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          0,
          Defects.NONE);

  public Progress withWatermark(Instant instant) {
    return new Progress(
        Optional.of(instant), completeSince, lastHourly, lastDaily, lastWeekly, page, defects);
  }

  public Progress withCompleteSince(Instant instant) {
    return new Progress(
        watermark, Optional.of(instant), lastHourly, lastDaily, lastWeekly, page, defects);
  }

  public Progress withPage(int hours) {
    return new Progress(
        watermark, completeSince, lastHourly, lastDaily, lastWeekly, hours, defects);
  }

  public Progress withDefects(Defects known) {
    return new Progress(watermark, completeSince, lastHourly, lastDaily, lastWeekly, page, known);
  }

  public Progress reread(Set<Lookback> done, Instant now) {
    return new Progress(
        watermark,
        completeSince,
        done.contains(Lookback.HOURLY) ? Optional.of(now) : lastHourly,
        done.contains(Lookback.DAILY) ? Optional.of(now) : lastDaily,
        done.contains(Lookback.WEEKLY) ? Optional.of(now) : lastWeekly,
        page,
        defects);
  }

  Object encode() {
    var members = new TreeMap<String, Object>();
    watermark.ifPresent(at -> members.put("w", at.getEpochSecond()));
    completeSince.ifPresent(at -> members.put("c", at.getEpochSecond()));
    lastHourly.ifPresent(at -> members.put("s", at.getEpochSecond()));
    lastDaily.ifPresent(at -> members.put("m", at.getEpochSecond()));
    lastWeekly.ifPresent(at -> members.put("l", at.getEpochSecond()));
    if (page > 0) {
      members.put("p", (long) page);
    }
    if (!defects.all().isEmpty()) {
      members.put("d", defects.encode());
    }
    return members;
  }

  static Progress decode(Fields members) {
    return new Progress(
        members.instant("w"),
        members.instant("c"),
        members.instant("s"),
        members.instant("m"),
        members.instant("l"),
        (int) members.number("p"),
        Defects.decode(members.list("d")));
  }
}
