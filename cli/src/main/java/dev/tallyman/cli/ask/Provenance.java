package dev.tallyman.cli.ask;

import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Text;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the numbers of an answer come from.
 *
 * @param asOf when the provider was last read for them
 * @param partial whether some of the range may still change or is missing
 * @param gap whether the beginning of the range is missing
 * @param notes what a reader must know beside the numbers
 */
public record Provenance(
    Optional<Instant> asOf,
    boolean stale,
    boolean simulated,
    boolean partial,
    boolean estimated,
    String currency,
    Optional<String> source,
    Optional<String> completeSince,
    boolean gap,
    List<String> unpriced,
    List<String> notes) {
  public static Provenance of(Json answer) {
    return new Provenance(
        instant(answer, "as_of"),
        answer.flag("stale"),
        answer.flag("simulated"),
        answer.flag("partial"),
        answer.flag("estimated"),
        answer.text("currency").orElse("usd"),
        answer.text("source"),
        answer.text("complete_since"),
        gap(answer),
        answer.texts("unpriced"),
        answer.texts("notes"));
  }

  public static Optional<Instant> instant(Json json, String name) {
    try {
      return json.text(name).map(Instant::parse);
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }

  /** Whether the ledger begins after the range does. */
  public static boolean gap(Json answer) {
    Optional<Instant> from = instant(answer.object("query"), "since");
    Optional<Instant> complete = instant(answer, "complete_since");
    return answer.flag("partial")
        && from.isPresent()
        && complete.map(since -> since.isAfter(from.get())).orElse(true);
  }

  /** The members that every JSON of ours begins with. */
  public Map<String, Object> envelope(String schema) {
    Map<String, Object> envelope = new LinkedHashMap<>();
    envelope.put("schema", schema);
    envelope.put("as_of", asOf.map(Instant::toString).orElse(null));
    envelope.put("stale", stale);
    envelope.put("simulated", simulated);
    envelope.put("partial", partial);
    envelope.put("estimated", estimated);
    envelope.put("currency", currency);
    envelope.put("source", source.orElse(null));
    return envelope;
  }

  /** The line above a table: whose numbers, of which days, as of when. */
  public String heading(String organization, String zone, Instant now) {
    List<String> parts = new ArrayList<>();
    if (!organization.isEmpty()) {
      parts.add(Text.safe(organization));
    }
    parts.add("days are " + Text.safe(zone));
    asOf.ifPresent(at ->
        parts.add(
            "as of " + Text.time(at, now) + " (" + Text.age(Duration.between(at, now)) + ")"));
    if (simulated) {
      parts.add("SIMULATED");
    }
    if (stale) {
      parts.add("STALE");
    }
    return String.join(" · ", parts);
  }

  /** What a reader of the numbers must know, a line each; {@code known} are already told. */
  public List<String> remarks(Instant now) {
    List<String> lines = new ArrayList<>();
    if (simulated) {
      lines.add("These numbers are SIMULATED; set OPENAI_ADMIN_KEY to read a real organization.");
    }
    if (stale) {
      lines.add(
          "These numbers are STALE"
              + asOf.map(at -> ": last read " + Text.age(Duration.between(at, now)) + " ago")
                  .orElse("")
              + "; `tallyman status` says why.");
    }
    if (gap) {
      lines.add(
          "The beginning of the range has not been read yet; it is complete since "
              + Text.safe(completeSince.orElse("never"))
              + ".");
    }
    if (!unpriced.isEmpty()) {
      lines.add(
          "Without a known price, so not counted: "
              + Text.safe(String.join(", ", unpriced))
              + "; `tallyman prices` tells what is known.");
    }
    notes.stream().map(Text::safe).forEach(lines::add);
    return lines;
  }
}
