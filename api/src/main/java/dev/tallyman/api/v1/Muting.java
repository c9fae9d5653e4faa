package dev.tallyman.api.v1;

import dev.tallyman.api.message.Call;
import dev.tallyman.api.message.Json;
import dev.tallyman.api.message.JsonObject;
import dev.tallyman.api.message.Parameter;
import dev.tallyman.api.message.Problem;
import dev.tallyman.api.message.Reply;
import dev.tallyman.api.message.Schema;
import dev.tallyman.api.message.Shape;
import dev.tallyman.api.site.Site;
import dev.tallyman.api.site.Tenant;
import dev.tallyman.core.alert.Alerts;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tells nothing of a budget or condition for some time. */
final class Muting {
  private static final String UNTIL = "until";
  private static final Duration LONGEST = Duration.ofDays(366);

  private Muting() {}

  /** Mutes what a call is about until the time that it names. */
  static Reply mute(Site site, Tenant tenant, String subject, Call call) {
    Map<String, Object> body = Json.object(call.request().body());
    if (!Set.of(UNTIL).containsAll(body.keySet()) || !body.containsKey(UNTIL)) {
      throw Problem.body(
          UNTIL, "The body has one member: until, a time such as 2026-11-22T00:00:00Z, or null.");
    }
    Optional<Instant> until = Optional.ofNullable(body.get(UNTIL)).map(Muting::instant);
    if (until.filter(at -> at.isAfter(call.now().plus(LONGEST))).isPresent()) {
      throw Problem.body(UNTIL, "until is more than a year ahead; mute for a year at most.");
    }
    Instant end = until.orElseGet(call::now);
    Alerts.mute(site.store(), tenant.id(), subject, end, call.now());
    return Reply.of(
        answer().json(new Muted(subject, Optional.of(end).filter(call.now()::isBefore))));
  }

  private static Instant instant(Object value) {
    try {
      return OffsetDateTime.parse(value.toString()).toInstant();
    } catch (DateTimeParseException _) {
      throw Problem.body(
          UNTIL,
          "until is '"
              + Parameter.shown(value.toString())
              + "'; expected a time such as 2026-11-22T00:00:00Z, or null to mute no more.");
    }
  }

  static JsonObject body() {
    return Schema.object(JsonObject.of(UNTIL, Schema.nullable(Schema.string("date-time"))));
  }

  /**
   * The answer to a request to mute.
   *
   * @param until empty if it is muted no more
   */
  record Muted(String subject, Optional<Instant> until) {}

  static Shape<Muted> answer() {
    return Shape.<Muted>object()
        .text("subject", Muted::subject)
        .optionalTime("muted_until", Muted::until);
  }
}
