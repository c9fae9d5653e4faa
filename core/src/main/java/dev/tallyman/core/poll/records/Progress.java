package dev.tallyman.core.poll.records;

import dev.tallyman.core.store.Fields;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How far the reading of one endpoint, or of the costs, has come.
 *
 * @param watermark up to where it was read without a gap
 * @param completeSince from where on it was read without a gap
 * @param shortSpan when the short trailing span was last read again (48 h of usage, 3 days of
 *     costs)
 * @param middleSpan when the middle one was (7 days, 40 days)
 * @param longSpan when the long one was (31 days, 180 days)
 * @param page how many hours fit into one answer, where fewer than the provider's limit do; 0 else
 * @param defects what of it is known in part only
 */
public record Progress(
    Optional<Instant> watermark,
    Optional<Instant> completeSince,
    Optional<Instant> shortSpan,
    Optional<Instant> middleSpan,
    Optional<Instant> longSpan,
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
        Optional.of(instant), completeSince, shortSpan, middleSpan, longSpan, page, defects);
  }

  public Progress withCompleteSince(Instant instant) {
    return new Progress(
        watermark, Optional.of(instant), shortSpan, middleSpan, longSpan, page, defects);
  }

  public Progress withPage(int hours) {
    return new Progress(watermark, completeSince, shortSpan, middleSpan, longSpan, hours, defects);
  }

  public Progress withDefects(Defects known) {
    return new Progress(watermark, completeSince, shortSpan, middleSpan, longSpan, page, known);
  }

  public Progress reread(boolean ofShort, boolean ofMiddle, boolean ofLong, Instant now) {
    return new Progress(
        watermark,
        completeSince,
        ofShort ? Optional.of(now) : shortSpan,
        ofMiddle ? Optional.of(now) : middleSpan,
        ofLong ? Optional.of(now) : longSpan,
        page,
        defects);
  }

  Object encode() {
    var members = new TreeMap<String, Object>();
    watermark.ifPresent(at -> members.put("w", at.getEpochSecond()));
    completeSince.ifPresent(at -> members.put("c", at.getEpochSecond()));
    shortSpan.ifPresent(at -> members.put("s", at.getEpochSecond()));
    middleSpan.ifPresent(at -> members.put("m", at.getEpochSecond()));
    longSpan.ifPresent(at -> members.put("l", at.getEpochSecond()));
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
