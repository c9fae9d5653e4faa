package dev.tallyman.ssm;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.GetParametersByPathRequest;
import software.amazon.awssdk.services.ssm.model.GetParametersByPathResponse;
import software.amazon.awssdk.services.ssm.model.Parameter;

/**
 * What is right below one path of the Parameter Store: read when first asked for, kept for five
 * minutes, never shown. Safe for use by many threads.
 *
 * @param <T> what is made of it
 */
final class Parameters<T> implements AutoCloseable {
  private static final Duration KEPT = Duration.ofMinutes(5);
  private static final int SERVER_ERROR = 500;

  /** The forms of paths that the Parameter Store allows. */
  private static final Pattern PATH = Pattern.compile("(/[a-zA-Z0-9_.-]+){1,14}");

  private final SsmClient client;
  private final boolean clientIsOurs;
  private final String what;
  private final String path;
  private final InstantSource clock;
  private final Function<List<Parameter>, T> made;
  private @Nullable T known;
  private Instant read = Instant.MIN;

  /**
   * The parameters below a path.
   *
   * @param clientIsOurs whether the client is closed with this
   * @param what they are, for messages, such as {@code admin keys}
   * @param path such as {@code /tallyman/keys}
   * @param made makes of the parameters what is kept
   * @throws IllegalArgumentException if it is no path; the message says what to write
   */
  Parameters(
      SsmClient client,
      boolean clientIsOurs,
      String what,
      String path,
      InstantSource clock,
      Function<List<Parameter>, T> made) {
    this.client = client;
    this.clientIsOurs = clientIsOurs;
    this.what = what;
    this.path = checked(path);
    this.clock = clock;
    this.made = made;
  }

  /** Where they are, without a slash at its end. */
  String path() {
    return path;
  }

  /** The last part of a parameter's name. */
  static String name(Parameter parameter) {
    return parameter.name().substring(parameter.name().lastIndexOf('/') + 1);
  }

  /**
   * What is there, or was less than five minutes ago.
   *
   * @throws UnavailableException if it cannot be read; the message names the remedy
   */
  synchronized T get() {
    Instant now = clock.instant();
    T found = known;
    if (found == null || now.isBefore(read) || !now.isBefore(read.plus(KEPT))) {
      found = made.apply(fetch());
      known = found;
      read = now;
    }
    return found;
  }

  /** Drops it from memory, so that it is read anew when it is next asked for. */
  synchronized void forget() {
    known = null;
  }

  /** Drops it from memory and closes the client unless it is another's. */
  @Override
  public void close() {
    forget();
    if (clientIsOurs) {
      client.close();
    }
  }

  private List<Parameter> fetch() {
    List<Parameter> parameters = new ArrayList<>();
    String next = null;
    do {
      GetParametersByPathResponse page = page(next);
      parameters.addAll(page.parameters());
      next = page.nextToken();
    } while (next != null && !next.isEmpty());
    return parameters;
  }

  private GetParametersByPathResponse page(@Nullable String next) {
    try {
      return client.getParametersByPath(
          GetParametersByPathRequest.builder()
              .path(path)
              .withDecryption(true)
              .nextToken(next)
              .build());
    } catch (SdkException e) {
      throw new UnavailableException(
          "cannot read the "
              + what
              + " below "
              + path
              + ": "
              + remedy(e)
              + " ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  private String remedy(SdkException e) {
    return switch (e) {
      case AwsServiceException refusal -> remedy(refusal);
      case ApiCallTimeoutException _, ApiCallAttemptTimeoutException _ ->
          "it took too long; try again";
      default ->
          isNetwork(e)
              ? "the Parameter Store was not reached; check the network and the region"
              : "check region and credentials of AWS";
    };
  }

  private String remedy(AwsServiceException refusal) {
    if (refusal.isThrottlingException() || refusal.statusCode() >= SERVER_ERROR) {
      return "the Parameter Store is busy; try again";
    }
    AwsErrorDetails details = refusal.awsErrorDetails();
    return switch (details == null || details.errorCode() == null ? "" : details.errorCode()) {
      case "AccessDeniedException" ->
          "allow ssm:GetParametersByPath on parameter"
              + path
              + ", and kms:Decrypt if a key of yours encrypts them";
      case "InvalidKeyId" -> "the KMS key that encrypts them is disabled or gone; put them anew";
      case "UnrecognizedClientException",
          "InvalidSignatureException",
          "ExpiredTokenException",
          "MissingAuthenticationTokenException" ->
          "AWS does not accept the credentials; renew them, and check this machine's clock";
      default -> "see what the Parameter Store says";
    };
  }

  private static boolean isNetwork(Throwable e) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return true;
      }
    }
    return false;
  }

  /**
   * A path, without a slash at its end.
   *
   * @throws IllegalArgumentException if it is none; the message says what to write
   */
  static String checked(String path) {
    String bare = path.strip().replaceFirst("/+$", "");
    if (!PATH.matcher(bare).matches()) {
      throw new IllegalArgumentException(
          "'" + path + "' is no path of the Parameter Store; write for instance /tallyman/keys");
    }
    return bare;
  }
}
