package dev.tallyman.openai.call;

import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import dev.tallyman.http.RetryAfter;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an answer other than 200 means. The provider uses one status for several causes, so the
 * error's code and message decide: a missing scope has been seen as 401 and as 403, and 429 stands
 * both for "too fast" and for "nothing left to spend".
 */
final class Refusals {
  private static final String KEYS_PAGE =
      "https://platform.openai.com/settings/organization/admin-keys";
  private static final Pattern SCOPES =
      Pattern.compile("(?i)missing scopes?:\\s*(.{1,200}?)(?:\\.\\s|\\.?$)");
  private static final Pattern OWNER = Pattern.compile("(?i)\\borganization owner\\b");
  private static final Pattern PERMISSION = Pattern.compile("(?i)insufficient permissions");

  private final boolean providersOwn;

  /**
   * For one base URL.
   *
   * @param providersOwn whether it is the provider's own address
   */
  Refusals(boolean providersOwn) {
    this.providersOwn = providersOwn;
  }

  /**
   * What this answer means.
   *
   * @param body as much of it as was read; may be anything
   * @param simulated whether the answer is marked as the simulator's, which offers all that the
   *     provider does
   */
  Failure of(int status, HttpHeaders headers, String body, boolean simulated, Instant now) {
    ErrorBody error = ErrorBody.in(body);
    Optional<Duration> wait = RetryAfter.in(headers::firstValue, now);
    Failure failure = byStatus(status, headers, error, simulated);
    boolean again =
        headers
            .firstValue("x-should-retry")
            .filter(_ -> status == 429 || status >= 500)
            .map("true"::equalsIgnoreCase)
            .orElseGet(failure::worthRetrying);
    return new Failure(
        failure.kind(), failure.message(), again && failure.kind() != Kind.QUOTA, wait);
  }

  private Failure byStatus(int status, HttpHeaders headers, ErrorBody error, boolean simulated) {
    String said = error.quoted(status);
    if (status >= 300 && status < 400) {
      String where = headers.firstValue("location").map(Wording::safe).orElse("nowhere");
      return Failure.lasting(
          Kind.REFUSED,
          "The provider redirects ("
              + status
              + ") to "
              + where
              + "; redirects are not followed: set OPENAI_BASE_URL to where the API is.");
    }
    return switch (status) {
      case 401, 403 -> unauthorized(status, error, said);
      case 404 ->
          providersOwn || simulated
              ? Failure.passing(Kind.NOT_FOUND, "The provider has lost this path for now " + said)
              : Failure.lasting(
                  Kind.NOT_OFFERED, "This base URL does not offer this endpoint " + said);
      case 407 ->
          Failure.lasting(
              Kind.REFUSED,
              "The proxy asks for credentials (407); use one that needs none, or name the provider"
                  + " in NO_PROXY.");
      case 408 -> Failure.passing(Kind.TIMEOUT, "The provider gave up waiting " + said);
      case 429 ->
          error.isQuota()
              ? Failure.lasting(
                  Kind.QUOTA,
                  "A quota or spend limit of the organization is used up "
                      + said
                      + " Raise it or add credit; asking again does not help.")
              : Failure.passing(Kind.RATE_LIMITED, "The provider was asked too often " + said);
      default -> {
        if (status >= 500) {
          yield Failure.passing(Kind.SERVER, "The provider is failing " + said);
        }
        if (status >= 400) {
          yield Failure.lasting(Kind.REFUSED, "The provider refused the request " + said);
        }
        yield Failure.lasting(
            Kind.MALFORMED, "The provider answered with status " + status + " instead of 200.");
      }
    };
  }

  private static Failure unauthorized(int status, ErrorBody error, String said) {
    Matcher scopes = SCOPES.matcher(error.message());
    if (scopes.find()) {
      return Failure.lasting(
          Kind.MISSING_SCOPE,
          "The key lacks the scope "
              + Wording.safe(scopes.group(1))
              + " ("
              + status
              + "): it must be an admin key with read access to usage and to the organization; make"
              + " one at "
              + KEYS_PAGE
              + ".");
    }
    if (OWNER.matcher(error.message()).find()) {
      return Failure.lasting(
          Kind.MISSING_SCOPE,
          "The key lacks the role of an organization owner "
              + said
              + " Ask an owner for an admin key from "
              + KEYS_PAGE
              + ".");
    }
    if (PERMISSION.matcher(error.message()).find()) {
      return Failure.lasting(
          Kind.MISSING_SCOPE,
          "The key lacks a scope or role "
              + said
              + " It must be an admin key from "
              + KEYS_PAGE
              + ".");
    }
    if (status == 401 || error.code().equals("invalid_api_key")) {
      return Failure.lasting(
          Kind.BAD_KEY,
          "The provider does not accept the admin key "
              + said
              + " Make one at "
              + KEYS_PAGE
              + " and set OPENAI_ADMIN_KEY.");
    }
    return Failure.lasting(Kind.REFUSED, "Access is refused " + said);
  }
}
