package dev.tallyman.cli.config;

import dev.tallyman.channels.Secrets;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.core.Clock;
import dev.tallyman.core.delivery.Channel;
import dev.tallyman.core.settings.Mistake;
import dev.tallyman.core.settings.OrganizationSettings;
import dev.tallyman.core.settings.Permits;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.openai.call.OpenAiConfig;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * The admin keys and the secrets of channels that this process may use: what its environment holds
 * under the names that are meant for them, and what its own file names. Where a key goes is said
 * there too, and nowhere else.
 */
public final class Keys implements Permits {
  static final String ADMIN_KEY = "OPENAI_ADMIN_KEY";
  static final String BASE_URL = "OPENAI_BASE_URL";

  /** The variables that hold admin keys: the usual one, and further ones with a name after it. */
  private static final Pattern ADMIN_KEYS = Pattern.compile(ADMIN_KEY + "(_[A-Za-z0-9_]{1,80})?");

  /** How the names of variables begin that hold the secrets of channels. */
  private static final String CHANNEL = "CHANNEL_";

  private static final String ALERT_WEBHOOK = "ALERT_WEBHOOK_URL";

  private final ProcessContext context;
  private final String file;
  private final UnaryOperator<String> places;
  private final Map<String, Own> own = new HashMap<>();
  private final Set<String> secrets = new HashSet<>();

  /** What the process's own file says of a key: its address, and where in the file that is. */
  private record Own(Optional<String> baseUrl, String path) {}

  /**
   * The keys of a process.
   *
   * @param file what its own file is called, or would be
   * @param settings what that says; empty if there is none
   * @param places where in the file a path is, such as {@code tallyman.yaml:7}
   */
  Keys(
      ProcessContext context,
      String file,
      Optional<Settings> settings,
      UnaryOperator<String> places) {
    this.context = context;
    this.file = file;
    this.places = places;
    List<OrganizationSettings> organizations =
        settings.map(Settings::organizations).orElseGet(List::of);
    for (int i = 0; i < organizations.size(); i++) {
      OrganizationSettings each = organizations.get(i);
      var said = new Own(each.baseUrl(), "organizations[" + i + "].base_url");
      each.keyEnv().ifPresent(variable -> own.put(variable, said));
    }
    for (Channel channel : settings.map(s -> s.channels().values()).orElseGet(List::of)) {
      channel.secret().ifPresent(secrets::add);
      secrets.addAll(channel.signing());
    }
  }

  /** The variable above the file that says where a key goes; empty if the key has none. */
  Optional<String> addressVariable(String variable) {
    return ADMIN_KEYS.matcher(variable).matches()
        ? Optional.of(BASE_URL + variable.substring(ADMIN_KEY.length()))
        : Optional.empty();
  }

  /** Where a key goes, by the variable above the file, then by the file. */
  private String address(String variable) {
    return addressVariable(variable)
        .flatMap(context::variable)
        .or(() -> Optional.ofNullable(own.get(variable)).flatMap(Own::baseUrl))
        .orElse(OrganizationSettings.OPENAI);
  }

  /**
   * How an organization is read whose key is one of these.
   *
   * @throws IllegalArgumentException if the provider's address is none
   */
  public Config.Provider provider(String id, String name, String variable) {
    return new Config.Provider(
        id, name, variable, context.variable(variable), OpenAiConfig.of(address(variable)));
  }

  /** How an organization of the settings is read that {@link #missing} finds nothing wrong with. */
  public Config.Provider provider(OrganizationSettings named) {
    return provider(named.id(), named.name(), named.keyEnv().orElse(""));
  }

  /** Why an organization of the settings cannot be read here, with the remedy; empty if it can. */
  public Optional<String> missing(OrganizationSettings named) {
    Optional<Mistake> refusal = refusal(named);
    if (refusal.isPresent()) {
      return refusal.map(Mistake::told);
    }
    try {
      Config.Provider provider = provider(named);
      if (provider.key().isEmpty()) {
        return Optional.of(
            "the environment variable "
                + provider.keyVariable()
                + " is not set; set it to the admin key of "
                + named.id()
                + " and start again");
      }
      return context.variable(Clock.VARIABLE).isPresent() && !provider.isOnThisMachine()
          ? Optional.of(
              Clock.VARIABLE + " is set, but it is read from " + provider.openAi().baseUrl())
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(Failure.message(e));
    }
  }

  @Override
  public Optional<Mistake> refusal(OrganizationSettings named) {
    if (named.keyEnv().isEmpty()) {
      return Optional.of(
          new Mistake(
              "key_secret",
              "its key is in a secret, and secrets are read in AWS only; give key_env, the name of"
                  + " an environment variable"));
    }
    String variable = named.keyEnv().get();
    if (!own.containsKey(variable) && addressVariable(variable).isEmpty()) {
      return Optional.of(
          new Mistake(
              "key_env",
              "%s is not a key that settings may use: these are %s, variables that begin with %s_,"
                      .formatted(variable, ADMIN_KEY, ADMIN_KEY)
                  + " and those that the server's own file names. To allow it, write the line `-"
                  + " {id: %s, key_env: %s}` below `organizations:` in %s on the server, and start"
                      .formatted(named.id(), variable, file)
                  + " it again"));
    }
    if (named.baseUrl().isEmpty() || goesTo(variable, named.baseUrl().get())) {
      return Optional.empty();
    }
    return Optional.of(
        new Mistake(
            "base_url",
            "%s goes to %s only, and settings cannot send it elsewhere; leave base_url out. To"
                    .formatted(variable, address(variable))
                + " change it, "
                + allowedBy(variable)
                + " on the server, and start it again"));
  }

  /** Whether a document names the address of a key, or what the file says below the variable. */
  private boolean goesTo(String variable, String url) {
    return same(url, address(variable))
        || Optional.ofNullable(own.get(variable))
            .flatMap(Own::baseUrl)
            .filter(written -> same(url, written))
            .isPresent();
  }

  private static boolean same(String url, String other) {
    try {
      return OpenAiConfig.of(url).baseUrl().equals(OpenAiConfig.of(other).baseUrl());
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /** What its owner changes to send a key elsewhere. */
  private String allowedBy(String variable) {
    Optional<String> above = addressVariable(variable);
    Own said = own.get(variable);
    return above.isPresent() && (said == null || above.flatMap(context::variable).isPresent())
        ? "set the environment variable " + above.get()
        : "write base_url at "
            + places.apply(said == null ? "" : said.path())
            + ", where "
            + variable
            + " is";
  }

  @Override
  public Optional<String> refusal(String secret) {
    return secret.startsWith(CHANNEL) || secret.equals(ALERT_WEBHOOK) || secrets.contains(secret)
        ? Optional.empty()
        : Optional.of(
            "%s is not a secret that channels of settings may use: these are variables that begin"
                    .formatted(secret)
                + " with %s, and those that a channel in the server's own file names. Name it %s%s,"
                    .formatted(CHANNEL, CHANNEL, secret)
                + " or write a channel with `secret: %s` below `channels:` in %s on the server, and"
                    .formatted(secret, file)
                + " start it again");
  }

  /** The secrets of channels, as far as they may be used. */
  public Secrets secrets() {
    Secrets all = Secrets.in(context.variables());
    return name -> {
      Optional<String> refused = refusal(name);
      if (refused.isPresent()) {
        throw new IllegalStateException(refused.get());
      }
      return all.find(name);
    };
  }
}
