package dev.tallyman.ssm;

import dev.tallyman.core.Slug;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.SsmClientBuilder;
import software.amazon.awssdk.services.ssm.model.GetParametersByPathRequest;
import software.amazon.awssdk.services.ssm.model.GetParametersByPathResponse;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/**
 * The admin keys of organizations: the SecureStrings right below one path of the Parameter Store,
 * each named by the organization whose key it is. Read when first asked for, kept for five minutes,
 * never shown. Safe for use by many threads.
 */
public final class AdminKeys implements AutoCloseable {
  private static final Duration KEPT = Duration.ofMinutes(5);
  private static final int SERVER_ERROR = 500;

  /** The forms of names that the Parameter Store allows, and of our ids among them. */
  private static final Pattern PATH = Pattern.compile("(/[a-zA-Z0-9_.-]+){1,14}");

  private final SsmClient client;
  private final boolean clientIsOurs;
  private final String path;
  private final InstantSource clock;
  private @Nullable Found known;
  private Instant read = Instant.MIN;

  /**
   * The keys below a path, through a client that stays the caller's to close.
   *
   * @param path such as {@code /tallyman/keys}
   * @throws IllegalArgumentException if it is no path; the message says what to write
   */
  public AdminKeys(SsmClient client, String path, InstantSource clock) {
    this(client, false, checked(path), clock);
  }

  private AdminKeys(SsmClient client, boolean clientIsOurs, String path, InstantSource clock) {
    this.client = client;
    this.clientIsOurs = clientIsOurs;
    this.path = path;
    this.clock = clock;
  }

  /**
   * The keys below a path, through a client of its own that takes region, credentials and endpoint
   * from where the AWS SDK looks for them. Connects when it is first asked.
   *
   * @param path such as {@code /tallyman/keys}
   * @throws IllegalArgumentException if it is no path; the message says what to write
   */
  public static AdminKeys connect(String path, InstantSource clock) {
    String right = checked(path);
    return new AdminKeys(clientBuilder().build(), true, right, clock);
  }

  /**
   * A client with timeouts and retries that suit, to which region, credentials and endpoint may be
   * added.
   */
  public static SsmClientBuilder clientBuilder() {
    return SsmClient.builder()
        .httpClientBuilder(
            UrlConnectionHttpClient.builder()
                .connectionTimeout(Duration.ofSeconds(2))
                .socketTimeout(Duration.ofSeconds(5)))
        .overrideConfiguration(configuration ->
            configuration
                .apiCallAttemptTimeout(Duration.ofSeconds(5))
                .apiCallTimeout(Duration.ofSeconds(15))
                .retryStrategy(RetryMode.STANDARD));
  }

  /**
   * The keys as they are in the store, or were less than five minutes ago.
   *
   * @throws UnavailableException if they cannot be read or there is none; the message names the
   *     remedy
   */
  public synchronized Found keys() {
    Instant now = clock.instant();
    Found found = known;
    if (found == null || now.isBefore(read) || !now.isBefore(read.plus(KEPT))) {
      found = fetch();
      known = found;
      read = now;
    }
    return found;
  }

  /** Drops the keys from memory, so that they are read anew when they are next asked for. */
  public synchronized void forget() {
    known = null;
  }

  /** Drops the keys from memory and closes the client unless it is another's. */
  @Override
  public void close() {
    forget();
    if (clientIsOurs) {
      client.close();
    }
  }

  /** Names the path only. */
  @Override
  public String toString() {
    return "AdminKeys[" + path + "]";
  }

  private Found fetch() {
    List<Key> keys = new ArrayList<>();
    List<String> ignored = new ArrayList<>();
    String next = null;
    do {
      GetParametersByPathResponse page = page(next);
      for (Parameter parameter : page.parameters()) {
        String name = parameter.name().substring(parameter.name().lastIndexOf('/') + 1);
        if (!Slug.is(name)) {
          ignored.add(parameter.name() + " names no organization: use " + Slug.ALLOWED);
        } else if (parameter.type() != ParameterType.SECURE_STRING) {
          ignored.add(
              parameter.name() + " is kept in clear: delete it and put it as a SecureString");
        } else {
          keys.add(new Key(name, parameter.value()));
        }
      }
      next = page.nextToken();
    } while (next != null && !next.isEmpty());
    if (keys.isEmpty()) {
      throw new UnavailableException(
          "there is no admin key below "
              + path
              + ": put one there as a SecureString named "
              + path
              + "/default; `tallyman aws` prints the command"
              + (ignored.isEmpty() ? "" : " (" + String.join("; ", ignored) + ")"),
          null);
    }
    keys.sort(Comparator.comparing(Key::organization));
    return new Found(keys, ignored);
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
          "cannot read the admin keys below "
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

  private static String checked(String path) {
    String bare = path.strip().replaceFirst("/+$", "");
    if (!PATH.matcher(bare).matches()) {
      throw new IllegalArgumentException(
          "'" + path + "' is no path of the Parameter Store; write for instance /tallyman/keys");
    }
    return bare;
  }

  /**
   * What is below the path.
   *
   * @param keys at least one, in order of their organizations
   * @param ignored what is no key of an organization: its name, why and the remedy
   */
  public record Found(List<Key> keys, List<String> ignored) {
    public Found {
      keys = List.copyOf(keys);
      ignored = List.copyOf(ignored);
    }
  }

  /**
   * The admin key of an organization.
   *
   * @param organization our id of it
   * @param value the key itself: for who asks the provider, and nobody else
   */
  public record Key(String organization, String value) {
    /** Never shows the key. */
    @Override
    public String toString() {
      return "the key of " + organization;
    }
  }

  /** The keys cannot be read, or there is none. */
  public static final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String message;

    UnavailableException(String message, @Nullable Throwable cause) {
      super(message, cause);
      this.message = message;
    }

    /** What failed, with the remedy. */
    @Override
    public String getMessage() {
      return message;
    }
  }
}
