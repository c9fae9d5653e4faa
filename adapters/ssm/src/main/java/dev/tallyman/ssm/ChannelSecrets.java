package dev.tallyman.ssm;

import dev.tallyman.aws.TimeLeft;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/**
 * The secrets of channels: the SecureStrings right below one path of the Parameter Store, each
 * under the name by which the settings speak of it. Read when first asked for, kept for five
 * minutes, never shown. Safe for use by many threads.
 */
public final class ChannelSecrets implements AutoCloseable {
  private final Parameters<Map<String, String>> parameters;

  /**
   * The secrets below a path, through a client that stays the caller's to close.
   *
   * @param path such as {@code /tallyman/channels}
   * @throws IllegalArgumentException if it is no path; the message says what to write
   */
  public ChannelSecrets(SsmClient client, String path, InstantSource clock) {
    this(client, false, path, clock);
  }

  private ChannelSecrets(SsmClient client, boolean clientIsOurs, String path, InstantSource clock) {
    parameters =
        new Parameters<>(
            client, clientIsOurs, "secrets of channels", path, clock, ChannelSecrets::secrets);
  }

  /**
   * The secrets below a path, through a client of its own that takes region, credentials and
   * endpoint from where the AWS SDK looks for them. Connects when it is first asked.
   *
   * @param path such as {@code /tallyman/channels}
   * @param left how much longer calls may be tried again
   * @throws IllegalArgumentException if it is no path; the message says what to write
   */
  public static ChannelSecrets connect(String path, InstantSource clock, TimeLeft left) {
    String right = Parameters.checked(path);
    return new ChannelSecrets(AdminKeys.clientBuilder(left).build(), true, right, clock);
  }

  /** Where they are, without a slash at its end. */
  public String path() {
    return parameters.path();
  }

  /**
   * The secret of this name; empty if there is none, or only one that is kept in clear.
   *
   * @throws UnavailableException if they cannot be read; the message names the remedy
   */
  public Optional<String> secret(String name) {
    return Optional.ofNullable(parameters.get().get(name));
  }

  /**
   * Reads the secrets anew: one may have been put in the place of another.
   *
   * @return whether any of these is another than it was
   * @throws UnavailableException if they cannot be read; the message names the remedy
   */
  public boolean changed(Collection<String> names) {
    Map<String, String> before = parameters.get();
    parameters.forget();
    Map<String, String> now = parameters.get();
    return names.stream().anyMatch(name -> !Objects.equals(before.get(name), now.get(name)));
  }

  /** Drops the secrets from memory and closes the client unless it is another's. */
  @Override
  public void close() {
    parameters.close();
  }

  /** Names the path only. */
  @Override
  public String toString() {
    return "ChannelSecrets[" + parameters.path() + "]";
  }

  private static Map<String, String> secrets(List<Parameter> below) {
    var secrets = new HashMap<String, String>();
    for (Parameter parameter : below) {
      if (parameter.type() == ParameterType.SECURE_STRING) {
        secrets.put(Parameters.name(parameter), parameter.value());
      }
    }
    return Map.copyOf(secrets);
  }
}
