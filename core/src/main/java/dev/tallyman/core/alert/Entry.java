package dev.tallyman.core.alert;

import dev.tallyman.core.delivery.Severity;
import dev.tallyman.core.store.Fields;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One thing that people were told of, or would have been but for a mute.
 *
 * @param subject the id of the budget or condition
 * @param revision of the budget's limit
 * @param told the amount of the highest threshold that was told; 0 for none so far
 * @param threshold the same as in the settings; empty for none so far
 * @param severity how bad it was when last told
 * @param opened when it began
 * @param toldAt when people were last told; when it began if they never were
 * @param used what was used when people were last told
 * @param phase how far it is
 * @param ends when it is over by itself: the end of the window
 * @param channels who was told
 */
record Entry(
    String subject,
    String revision,
    BigDecimal told,
    String threshold,
    Severity severity,
    Instant opened,
    Instant toldAt,
    BigDecimal used,
    Phase phase,
    Optional<Instant> ends,
    List<String> channels) {
  Entry {
    channels = List.copyOf(channels);
  }

  /** How far it is. */
  enum Phase {
    OPEN,
    RECOVERED,
    /** Passed again soon after a recovery, of which only channels with an incident know so far. */
    REOPENED,
    CLOSED
  }

  /** Whether something is open, if only in the channels with an incident. */
  boolean open() {
    return phase == Phase.OPEN || phase == Phase.REOPENED;
  }

  /** The same thing as it begins once more, of which nobody was told yet. */
  Entry anew(Instant now) {
    return new Entry(
        subject,
        revision,
        BigDecimal.ZERO,
        "",
        severity,
        now,
        toldAt,
        used,
        Phase.OPEN,
        ends,
        channels);
  }

  /** Whether people were told that it began. */
  boolean wasTold() {
    return told.signum() > 0;
  }

  Entry in(Phase next) {
    return new Entry(
        subject, revision, told, threshold, severity, opened, toldAt, used, next, ends, channels);
  }

  TreeMap<String, Object> document() {
    var document = new TreeMap<String, Object>();
    document.put("s", subject);
    document.put("r", revision);
    document.put("t", told);
    document.put("th", threshold);
    document.put("sev", severity.name());
    document.put("o", opened.getEpochSecond());
    document.put("ta", toldAt.getEpochSecond());
    document.put("u", used);
    document.put("p", phase.name());
    ends.ifPresent(at -> document.put("e", at.getEpochSecond()));
    document.put("c", channels);
    return document;
  }

  static Entry of(Fields document) {
    return new Entry(
        document.text("s").orElse(""),
        document.text("r").orElse(""),
        document.decimal("t"),
        document.text("th").orElse(""),
        Severity.valueOf(document.text("sev").orElse("INFO")),
        document.instant("o").orElse(Instant.EPOCH),
        document.instant("ta").orElse(Instant.EPOCH),
        document.decimal("u"),
        Phase.valueOf(document.text("p").orElse("OPEN")),
        document.instant("e"),
        document.texts("c"));
  }
}
