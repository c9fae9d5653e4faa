package dev.tallyman.api.message;

import dev.tallyman.api.access.Role;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A request and how it was answered, for a log; without a secret.
 *
 * @param path as sent, cut where it is long
 * @param route the name of the operation in the OpenAPI document; empty if the request reached none
 * @param organization our id of the one that was asked about; empty if none was
 * @param failure what failed and where, if something did
 */
public record Handled(
    Instant time,
    String method,
    String path,
    Optional<String> route,
    Optional<String> organization,
    int status,
    Duration took,
    Role role,
    String requestId,
    Optional<String> failure) {

  /** What a line of a log says of it, in order: texts and numbers. */
  public Map<String, Object> members() {
    var members = new LinkedHashMap<String, Object>();
    members.put("time", time.toString());
    members.put("method", method);
    members.put("path", path);
    route.ifPresent(id -> members.put("route", id));
    organization.ifPresent(id -> members.put("organization", id));
    members.put("status", status);
    members.put("ms", BigDecimal.valueOf(took.toNanos() / 10_000, 2));
    members.put("role", role.toString());
    members.put("request_id", requestId);
    failure.ifPresent(named -> members.put("failure", named));
    return members;
  }

  /** That as JSON, without a line end. */
  public String line() {
    return Json.line(members());
  }
}
