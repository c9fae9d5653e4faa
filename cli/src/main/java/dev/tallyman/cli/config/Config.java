package dev.tallyman.cli.config;

import dev.tallyman.api.access.Role;
import dev.tallyman.api.access.Tokens;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.core.Clock;
import dev.tallyman.core.settings.Hosts;
import dev.tallyman.core.settings.OrganizationSettings;
import dev.tallyman.core.settings.Overrides;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.openai.call.OpenAiConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What this process was told: by flags, above environment variables, above one file.
 *
 * @param file where the file is, if there is one
 * @param data the folder of the ledgers
 * @param clock the time that everything goes by
 * @param server how to listen
 * @param every how often each organization is polled
 * @param organizations the provider's organizations that file and variables name
 * @param keys the keys that settings may choose among, each with where it goes
 * @param simulated whether the built-in simulated organization is what this process reads, for want
 *     of any other
 * @param settings what the file says that belongs into the ledger; empty if there is no file
 * @param overrides what variables say above the settings of a ledger
 */
public record Config(
    Optional<Path> file,
    Path data,
    InstantSource clock,
    Listening server,
    Duration every,
    List<Provider> organizations,
    Keys keys,
    boolean simulated,
    Optional<Settings> settings,
    Overrides overrides) {
  static final String FILE = "tallyman.yaml";

  /** The id of the organization of {@code OPENAI_ADMIN_KEY} where the file names none. */
  public static final String USUAL_ORGANIZATION = "default";

  static final Duration USUAL_PERIOD = Duration.ofMinutes(5);

  private static final Duration SHORTEST_PERIOD = Duration.ofSeconds(10);
  private static final Duration LONGEST_PERIOD = Duration.ofDays(1);

  public Config {
    organizations = List.copyOf(organizations);
  }

  /**
   * How the local server listens.
   *
   * @param accessLog the file of the access log; empty for standard error
   * @param anonymousRead whether reading needs no token
   * @param origins web origins that may read across sites
   * @param tokens hashes of tokens and what they open
   */
  public record Listening(
      String host,
      int port,
      Optional<Path> accessLog,
      boolean anonymousRead,
      Set<String> origins,
      Map<String, Role> tokens) {
    public Listening {
      origins = Set.copyOf(origins);
      tokens = Map.copyOf(tokens);
    }
  }

  /**
   * One organization of a provider.
   *
   * @param id ours, in the ledger's keys
   * @param name for display
   * @param keyVariable the environment variable that holds its admin key
   * @param key the admin key; empty if the variable is not set
   */
  public record Provider(
      String id, String name, String keyVariable, Optional<String> key, OpenAiConfig openAi) {
    boolean isOnThisMachine() {
      return Hosts.isLoopback(openAi.baseUrl().getHost());
    }

    /** Never shows the key. */
    @Override
    public String toString() {
      return id + " at " + openAi.baseUrl();
    }
  }

  /**
   * What flags say; what is empty was not given.
   *
   * @param file of {@code --config}
   * @param data of {@code --data}
   */
  public record Flags(
      Optional<String> file,
      Optional<String> data,
      Optional<String> host,
      Optional<Integer> port,
      Optional<String> accessLog) {
    static final Flags NONE =
        new Flags(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    static Flags of(Optional<String> file, Optional<String> data) {
      return new Flags(file, data, Optional.empty(), Optional.empty(), Optional.empty());
    }
  }

  /**
   * Everything that this process was told.
   *
   * @throws Failure of usage that tells every mistake at once, each with its place and remedy
   */
  public static Config load(ProcessContext context, Flags flags, Needs needs) {
    return new Loader(context, flags, needs).load();
  }

  /** What a command cannot do without. */
  public enum Needs {
    /** It only reads what is kept. */
    NOTHING,
    /** It asks the provider, so that every organization needs its key. */
    KEYS
  }

  private static final class Loader {
    private final ProcessContext context;
    private final Flags flags;
    private final Needs needs;
    private final List<Mistake> mistakes = new ArrayList<>();

    Loader(ProcessContext context, Flags flags, Needs needs) {
      this.context = context;
      this.flags = flags;
      this.needs = needs;
    }

    Config load() {
      Optional<Path> file = file();
      Yaml yaml = file.map(f -> SettingsFile.yaml(f, mistakes)).orElse(Yaml.EMPTY);
      String name = file.map(f -> String.valueOf(f.getFileName())).orElse(FILE);
      Section root =
          new Section(
              yaml.values(),
              "",
              (path, words) ->
                  mistakes.add(
                      new Mistake(name + ":" + yaml.line(path), path + ": " + words[0], words[1])));
      Path data = data(root);
      Listening server = server(root.section("server"));
      Optional<Settings> settings = SettingsFile.check(yaml, name, mistakes);
      Duration every =
          period(settings.map(each -> each.usage().pollInterval()).orElse(USUAL_PERIOD));
      Keys keys =
          new Keys(
              context,
              name,
              file.isPresent() ? settings : Optional.empty(),
              path -> name + ":" + yaml.line(path));
      List<Provider> organizations =
          organizations(
              settings.map(Settings::organizations).orElseGet(List::of), keys, name, yaml);
      Overrides overrides =
          Overrides.of(
              context.variables(),
              found -> mistakes.add(new Mistake(found.path(), found.message(), "")));
      InstantSource clock = clock(organizations);
      if (!mistakes.isEmpty()) {
        throw new Failure(Exit.USAGE, Mistake.text(mistakes));
      }
      return new Config(
          file,
          data,
          clock,
          server,
          every,
          organizations,
          keys,
          organizations.isEmpty() && (file.isPresent() || !storedAreRead(data, clock, keys)),
          file.isPresent() ? settings : Optional.empty(),
          overrides);
    }

    /** Whether the real ledger's own settings name an organization that can be read. */
    private boolean storedAreRead(Path data, InstantSource clock, Keys keys) {
      return needs == Needs.KEYS
          && Ledgers.named(data, clock).stream().anyMatch(each -> keys.missing(each).isEmpty());
    }

    /** The file that is named, or the usual one if it exists. */
    private Optional<Path> file() {
      Optional<String> named = flags.file().or(() -> context.variable("TALLYMAN_CONFIG"));
      if (named.isPresent()) {
        Path path = context.path(named.get());
        if (!Files.isRegularFile(path)) {
          mistakes.add(
              new Mistake(
                  flags.file().isPresent() ? "--config" : "TALLYMAN_CONFIG",
                  "there is no file " + path,
                  "copy tallyman.sample.yaml to it"));
          return Optional.empty();
        }
        return Optional.of(path);
      }
      return List.of(context.folder().resolve(FILE), context.configFolder().resolve(FILE)).stream()
          .filter(Files::isRegularFile)
          .findFirst();
    }

    private Path data(Section root) {
      Optional<String> written = root.text("data");
      return flags
          .data()
          .or(() -> context.variable("TALLYMAN_DATA"))
          .or(() -> written)
          .map(context::path)
          .orElseGet(context::dataFolder);
    }

    private Listening server(Section section) {
      Optional<String> host = section.text("host");
      Optional<Integer> port = section.integer("port", 0, 65535);
      Optional<String> log = section.text("access_log");
      boolean anonymous = section.bool("anonymous_read").orElse(false);
      List<String> origins = section.texts("cors_origins");
      for (int i = 0; i < origins.size(); i++) {
        if (!isOrigin(origins.get(i))) {
          section.complain(
              "cors_origins[" + i + "]",
              "'" + origins.get(i) + "' is not an origin",
              "write for instance https://costs.example.com");
        }
      }
      Map<String, Role> tokens = new LinkedHashMap<>();
      for (Section token : section.sections("tokens")) {
        token.text("name");
        Optional<String> hash =
            token.text("hash", Tokens.HASH, "write the 64 digits that `tallyman token new` shows");
        Optional<String> role =
            token.text("role", Pattern.compile("viewer|operator"), "write viewer or operator");
        if (!token.has("hash") || !token.has("role")) {
          token.complain("", "hash or role is missing", "`tallyman token new` shows what to write");
        }
        if (hash.isPresent() && role.isPresent()) {
          tokens.put(hash.get(), role.get().equals("operator") ? Role.OPERATOR : Role.VIEWER);
        }
        token.refuseOthers();
      }
      section.refuseOthers();
      return new Listening(
          flags
              .host()
              .or(() -> context.variable("TALLYMAN_HOST"))
              .or(() -> host)
              .orElse("127.0.0.1"),
          flags.port().or(() -> number("TALLYMAN_PORT", 65535)).or(() -> port).orElse(8080),
          flags.accessLog().or(() -> log).map(context::path),
          anonymous,
          Set.copyOf(origins),
          tokens);
    }

    private static boolean isOrigin(String text) {
      try {
        URI uri = URI.create(text);
        return text.equals("*")
            || (uri.getHost() != null && text.equals(uri.getScheme() + "://" + uri.getAuthority()));
      } catch (IllegalArgumentException _) {
        return false;
      }
    }

    private Optional<Integer> number(String variable, int most) {
      Optional<String> text = context.variable(variable);
      if (text.isEmpty()) {
        return Optional.empty();
      }
      if (text.get().matches("[0-9]{1,9}") && Integer.parseInt(text.get()) <= most) {
        return text.map(Integer::valueOf);
      }
      mistakes.add(
          new Mistake(
              variable,
              "'" + text.get() + "' is not possible",
              "set a whole number up to " + most + ", or unset it"));
      return Optional.empty();
    }

    private Duration period(Duration written) {
      Optional<String> text = context.variable("TALLYMAN_POLL_EVERY");
      if (text.isEmpty()) {
        return written;
      }
      Optional<Duration> duration =
          Section.duration(text.get())
              .filter(d -> d.compareTo(SHORTEST_PERIOD) >= 0 && d.compareTo(LONGEST_PERIOD) <= 0);
      if (duration.isEmpty()) {
        mistakes.add(
            new Mistake(
                "TALLYMAN_POLL_EVERY",
                "'" + text.get() + "' is not possible",
                "set a duration from 10s to 24h, such as 5m"));
      }
      return duration.orElse(written);
    }

    private List<Provider> organizations(
        List<OrganizationSettings> written, Keys keys, String name, Yaml yaml) {
      List<Provider> organizations = new ArrayList<>();
      int index = 0;
      for (OrganizationSettings each : written) {
        String path = "organizations[" + index++ + "]";
        Optional<String> variable = each.keyEnv();
        Optional<String> key = variable.flatMap(context::variable);
        if (variable.isEmpty()) {
          mistakes.add(
              new Mistake(
                  name + ":" + yaml.line(path + ".key_secret"),
                  path + ".key_secret: secrets are read in AWS only",
                  "give key_env, the name of an environment variable"));
        } else if (key.isEmpty() && needs == Needs.KEYS) {
          mistakes.add(
              new Mistake(
                  name + ":" + yaml.line(path + ".key_env"),
                  path + ".key_env: the environment variable " + variable.get() + " is not set",
                  "set it to the admin key of " + each.id()));
        }
        try {
          organizations.add(keys.provider(each));
        } catch (IllegalArgumentException e) {
          mistakes.add(
              new Mistake(
                  variable
                      .flatMap(keys::addressVariable)
                      .filter(above -> context.variable(above).isPresent())
                      .orElseGet(() -> name + ":" + yaml.line(path + ".base_url")),
                  Failure.message(e),
                  ""));
        }
      }
      if (written.isEmpty() && context.variable(Keys.ADMIN_KEY).isPresent()) {
        try {
          organizations.add(keys.provider(USUAL_ORGANIZATION, USUAL_ORGANIZATION, Keys.ADMIN_KEY));
        } catch (IllegalArgumentException e) {
          mistakes.add(new Mistake(Keys.BASE_URL, Failure.message(e), ""));
        }
      }
      return organizations;
    }

    private InstantSource clock(List<Provider> organizations) {
      Optional<String> text = context.variable(Clock.VARIABLE);
      if (text.isEmpty()) {
        return context.real();
      }
      for (Provider provider : organizations) {
        if (!provider.isOnThisMachine()) {
          mistakes.add(
              new Mistake(
                  Clock.VARIABLE,
                  "it is set, but "
                      + provider.id()
                      + " is read from "
                      + provider.openAi().baseUrl(),
                  "unset it, or set OPENAI_BASE_URL to a simulated organization on this machine"));
          return context.real();
        }
      }
      try {
        return Clock.parse(text.get(), context.real());
      } catch (IllegalArgumentException e) {
        mistakes.add(new Mistake(Clock.VARIABLE, Failure.message(e), ""));
        return context.real();
      }
    }
  }
}
