package dev.tallyman.ssm;

import dev.tallyman.aws.Clients;
import dev.tallyman.aws.TimeLeft;
import dev.tallyman.core.Slug;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.SsmClientBuilder;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/**
 * The admin keys of organizations: the SecureStrings right below one path of the Parameter Store,
 * each named by the organization whose key it is. Beside a key, under the same name and {@code
 * .base_url}, may be where it goes. Read when first asked for, kept for five minutes, never shown.
 * Safe for use by many threads.
 */
public final class AdminKeys implements AutoCloseable {
  /** How the name of the parameter ends that says where the key of the same name goes. */
  private static final String BASE_URL = ".base_url";

  private final Parameters<Found> parameters;

  /**
   * The keys below a path, through a client that stays the caller's to close.
   *
   * @param path such as {@code /tallyman/keys}
   * @throws IllegalArgumentException if it is no path; the message says what to write
   */
  public AdminKeys(SsmClient client, String path, InstantSource clock) {
    this(client, false, path, clock);
  }

  private AdminKeys(SsmClient client, boolean clientIsOurs, String path, InstantSource clock) {
    parameters = new Parameters<>(client, clientIsOurs, "admin keys", path, clock, this::found);
  }

  /**
   * The keys below a path, through a client of its own that takes region, credentials and endpoint
   * from where the AWS SDK looks for them. Connects when it is first asked.
   *
   * @param path such as {@code /tallyman/keys}
   * @param left how much longer calls may be tried again
   * @throws IllegalArgumentException if it is no path; the message says what to write
   */
  public static AdminKeys connect(String path, InstantSource clock, TimeLeft left) {
    String right = Parameters.checked(path);
    return new AdminKeys(clientBuilder(left).build(), true, right, clock);
  }

  /**
   * A client with timeouts and retries that suit, to which region, credentials and endpoint may be
   * added.
   */
  public static SsmClientBuilder clientBuilder() {
    return clientBuilder(new TimeLeft());
  }

  /** The same for a function, whose calls are tried again within the time of its invocation. */
  static SsmClientBuilder clientBuilder(TimeLeft left) {
    // Without a key nothing else can be done, and all functions of an account share one quota of
    // reads: so a throttled read takes all the time there is.
    return Clients.patient(SsmClient.builder(), left);
  }

  /**
   * The keys as they are in the store, or were less than five minutes ago.
   *
   * @throws UnavailableException if they cannot be read or there is none; the message names the
   *     remedy
   */
  public Found keys() {
    return parameters.get();
  }

  /** The name of the parameter that says where the key of an organization goes. */
  public String address(String organization) {
    return parameters.path() + "/" + organization + BASE_URL;
  }

  /** Drops the keys from memory, so that they are read anew when they are next asked for. */
  public void forget() {
    parameters.forget();
  }

  /** Drops the keys from memory and closes the client unless it is another's. */
  @Override
  public void close() {
    parameters.close();
  }

  /** Names the path only. */
  @Override
  public String toString() {
    return "AdminKeys[" + parameters.path() + "]";
  }

  private Found found(List<Parameter> below) {
    List<Key> keys = new ArrayList<>();
    List<String> ignored = new ArrayList<>();
    var addresses = new HashMap<String, String>();
    for (Parameter parameter : below) {
      String name = Parameters.name(parameter);
      if (name.endsWith(BASE_URL)) {
        addresses.put(
            name.substring(0, name.length() - BASE_URL.length()), parameter.value().strip());
      }
    }
    for (Parameter parameter : below) {
      String name = Parameters.name(parameter);
      if (name.endsWith(BASE_URL)) {
        continue;
      }
      if (!Slug.is(name)) {
        ignored.add(parameter.name() + " names no organization: use " + Slug.ALLOWED);
      } else if (parameter.type() != ParameterType.SECURE_STRING) {
        ignored.add(parameter.name() + " is kept in clear: delete it and put it as a SecureString");
      } else {
        keys.add(new Key(name, parameter.value(), Optional.ofNullable(addresses.get(name))));
      }
    }
    addresses.keySet().stream()
        .filter(name -> keys.stream().noneMatch(key -> key.organization().equals(name)))
        .sorted()
        .map(name ->
            address(name) + " belongs to no key: delete it, or put the SecureString " + name)
        .forEach(ignored::add);
    if (keys.isEmpty()) {
      String path = parameters.path();
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
   * @param baseUrl where it goes, if a parameter beside it says so
   */
  public record Key(String organization, String value, Optional<String> baseUrl) {
    /** Never shows the key. */
    @Override
    public String toString() {
      return "the key of " + organization;
    }
  }
}
