package dev.tallyman.cli.local;

import dev.tallyman.cli.ask.Ask;
import dev.tallyman.cli.ask.LocalAsk;
import dev.tallyman.cli.ask.QueryOptions;
import dev.tallyman.cli.ask.Reply;
import dev.tallyman.cli.config.Config;
import dev.tallyman.cli.config.Ledgers;
import dev.tallyman.cli.config.LocationOptions;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.process.Stop;
import dev.tallyman.cli.show.Json;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import dev.tallyman.core.poll.KeyExpiry;
import dev.tallyman.core.poll.records.Defects;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreException;
import dev.tallyman.core.usage.Name;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.Width;
import dev.tallyman.openai.OpenAiUsageApi;
import dev.tallyman.sqlite.SqliteStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks for what keeps the rest from working, and says how to put it right. */
@Command(
    name = "doctor",
    header = "Checks configuration, store, network, clock, key and scopes; tells each remedy.",
    description = {
      "",
      "Exits with 0 if all is well, 64 for a wrong configuration, 77 for a refused key or a missing"
          + " scope, 69 for anything else.",
      ""
    })
public final class Doctor implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** A clock that is further off than this puts usage into wrong hours. */
  private static final Duration SKEW = Duration.ofMinutes(1);

  private static final Duration SOON = Duration.ofDays(14);

  /** How much of what was left out of one source is shown. */
  private static final int SHOWN = 3;

  private final ProcessContext context;
  @Mixin private final LocationOptions places = new LocationOptions();

  @Option(names = "--json", description = "Show JSON.")
  private boolean json;

  public Doctor(ProcessContext context) {
    this.context = context;
  }

  private enum Verdict {
    OK,
    WARNING,
    FAILED
  }

  /**
   * One thing that was looked at.
   *
   * @param code what the command exits with if it failed
   */
  private record Check(String what, Verdict verdict, String finding, int code) {
    private static Check ok(String what, String finding) {
      return new Check(what, Verdict.OK, finding, Exit.OK);
    }

    private static Check warning(String what, String finding) {
      return new Check(what, Verdict.WARNING, finding, Exit.OK);
    }

    private static Check failed(String what, String finding, int code) {
      return new Check(what, Verdict.FAILED, finding, code);
    }
  }

  @Override
  public Integer call() {
    List<Check> checks = new ArrayList<>();
    Optional<Config> config = config(checks);
    config.ifPresent(c -> providers(c, checks).forEach(each -> provider(each, checks)));
    Terminal terminal = context.terminal();
    if (json) {
      terminal.print(Json.pretty(envelope(checks)));
    } else {
      for (Check check : checks) {
        String mark =
            switch (check.verdict()) {
              case OK -> "ok    ";
              case WARNING -> "warn  ";
              case FAILED -> "FAIL  ";
            };
        terminal.print(mark + Text.safe(check.what() + ": " + check.finding()));
      }
    }
    List<Integer> codes =
        checks.stream().filter(c -> c.verdict() == Verdict.FAILED).map(Check::code).toList();
    return codes.isEmpty()
        ? Exit.OK
        : codes.contains(Exit.USAGE)
            ? Exit.USAGE
            : codes.contains(Exit.AUTH) ? Exit.AUTH : Exit.UNREACHABLE;
  }

  /** The organizations that are read; those that only the ledger names, if it can be read. */
  private List<Config.Provider> providers(Config config, List<Check> checks) {
    try (LocalRuntime runtime = new LocalRuntime(config, context, new Stop(), _ -> {}, _ -> {})) {
      List<Config.Provider> providers = List.copyOf(runtime.providers().values());
      runtime
          .unread()
          .forEach((id, why) -> checks.add(Check.failed(id + ", key", why, Exit.USAGE)));
      return providers;
    } catch (StoreException _) {
      // What is wrong with the store has been found already.
      return config.organizations().stream().filter(each -> each.key().isPresent()).toList();
    }
  }

  private Optional<Config> config(List<Check> checks) {
    try {
      Config config = places.config(context, Config.Needs.KEYS);
      checks.add(
          Check.ok(
              "configuration",
              config.file().map(Path::toString).orElse("no file; variables and defaults only")));
      if (config.simulated()) {
        checks.add(
            Check.warning(
                "key",
                "OPENAI_ADMIN_KEY is not set, so a SIMULATED organization is shown; make a key at"
                    + " https://platform.openai.com/settings/organization/admin-keys and set it"));
      }
      store(config, checks);
      return Optional.of(config);
    } catch (Failure e) {
      if (e.code() == Exit.UNREACHABLE) {
        // Only the settings of the ledger could name an organization, and they cannot be read.
        checks.add(Check.failed("store", e.text(), e.code()));
        return Optional.empty();
      }
      e.text().lines().forEach(line -> checks.add(Check.failed("configuration", line, Exit.USAGE)));
      return Optional.empty();
    }
  }

  private static void store(Config config, List<Check> checks) {
    Path file = Ledgers.toFill(config);
    boolean isNew = !Files.isRegularFile(file);
    List<Check> read = new ArrayList<>();
    Optional<String> wrong;
    try (Store store = new SqliteStore(file, config.clock())) {
      wrong = store.check();
    }
    if (wrong.isEmpty()) {
      try (LocalAsk ask = new LocalAsk(file, config)) {
        for (Json each : get(ask, "/api/v1/organizations", List.of()).objects("data")) {
          each.text("id").ifPresent(id -> ledger(ask, id, read));
        }
      } catch (Failure e) {
        wrong = Optional.of(e.text());
      }
    }
    checks.add(
        wrong
            .map(finding -> Check.failed("store", finding, Exit.UNREACHABLE))
            .orElseGet(() ->
                Check.ok(
                    "store",
                    file
                        + (isNew
                            ? " is new: nothing has been read yet; it"
                            : ", whose pages are whole,")
                        + " can be read and written")));
    checks.addAll(read);
  }

  /**
   * Asks what commands ask, so that an item that cannot be read is found; tells what is missing.
   */
  private static void ledger(Ask ask, String id, List<Check> checks) {
    Map.Entry<String, String> org = Map.entry("org", id);
    for (String by : List.of("model", "key", "model,key")) {
      get(ask, "/api/v1/query", List.of(org, Map.entry("since", "31d"), Map.entry("by", by)));
    }
    for (String list : List.of("models", "budgets", "alerts", "deliveries", "channels")) {
      get(ask, "/api/v1/" + list, list.equals("channels") ? List.of() : List.of(org));
    }
    Json polls = get(ask, "/api/v1/polls", List.of(org));
    List<Check> inPart = new ArrayList<>();
    for (Json each : polls.objects("freshness")) {
      List<String> defects =
          each.objects("defects").stream()
              .map(defect ->
                  leftOut(
                      defect.text("from").orElse(""),
                      defect.text("to").orElse(""),
                      defect.text("reason").orElse("")))
              .toList();
      if (!defects.isEmpty()) {
        inPart.add(
            Check.warning(
                id + ", ledger of " + each.text("endpoint").orElse(""),
                "known in part only: " + some(defects)));
      }
    }
    if (inPart.isEmpty()) {
      checks.add(Check.ok(id + ", ledger", "nothing was left out of what was read"));
    }
    checks.addAll(inPart);
  }

  private static String leftOut(String from, String to, String reason) {
    return "from " + from + " to " + to + " " + reason;
  }

  /** The latest of what was left out, what that means, and what to do. */
  private static String some(List<String> defects) {
    String shown =
        String.join("; ", defects.reversed().subList(0, Math.min(SHOWN, defects.size())));
    return shown
        + (defects.size() > SHOWN ? "; and " + (defects.size() - SHOWN) + " more" : "")
        + ". Numbers of these times may lack it, and say so. "
        + Defects.REMEDY;
  }

  private static Json get(Ask ask, String path, List<Map.Entry<String, String>> parameters) {
    Reply reply =
        ask.send("GET", path, parameters, Map.of("accept", "application/json"), new byte[0]);
    QueryOptions.require(ask, reply);
    return Json.parse(reply.body().toArray()).orElseThrow();
  }

  private void provider(Config.Provider provider, List<Check> checks) {
    String id = provider.id();
    // One attempt: who is examined shall not be persuaded.
    try (OpenAiUsageApi api =
        new OpenAiUsageApi(
            provider.openAi().withAttempts(1),
            provider.key().orElseThrow(),
            context.variables(),
            context.real())) {
      Instant hour = Width.HOUR.floor(context.real().instant()).minus(Duration.ofHours(1));
      ReadOutcome usage =
          api.readUsage(
              Known.COMPLETIONS,
              Width.HOUR,
              hour,
              hour.plus(Duration.ofHours(1)),
              deadline(),
              (_, _) -> {});
      Optional<Instant> told = api.providerTime();
      Instant now = context.real().instant();
      if (usage instanceof ReadOutcome.Failed(_, var kind, var message, _, _) && told.isEmpty()) {
        checks.add(Check.failed(id + ", network", message, code(kind)));
        return;
      }
      checks.add(Check.ok(id + ", network", provider.openAi().baseUrl() + " answers"));
      told.ifPresent(time -> checks.add(clock(id, time, now)));
      LocalDate day = LocalDate.ofInstant(now, ZoneOffset.UTC);
      checks.add(read(id + ", usage", usage));
      checks.add(
          read(
              id + ", costs",
              api.readCosts(day.minusDays(2), day.minusDays(1), deadline(), (_, _) -> {})));
      checks.add(
          read(id + ", names", api.readNames(Name.Kind.PROJECT, null, null, deadline()).outcome()));
      checks.add(expiry(id, api.adminKeyExpiry(deadline()), now));
    } catch (IllegalArgumentException e) {
      checks.add(Check.failed(id + ", key", Failure.message(e), Exit.AUTH));
    }
  }

  private Instant deadline() {
    return context.real().instant().plus(PATIENCE);
  }

  private static Check clock(String id, Instant told, Instant now) {
    Duration skew = Duration.between(told, now);
    String text = "this machine's clock is " + Text.age(skew.abs());
    if (skew.abs().compareTo(SKEW) > 0) {
      return Check.failed(
          id + ", clock",
          text
              + (skew.isNegative() ? " behind" : " ahead of")
              + " the provider's; let it be set by"
              + " NTP, or hours will be read too early or too late",
          Exit.UNREACHABLE);
    }
    return Check.ok(id + ", clock", text + " from the provider's");
  }

  private static Check read(String what, ReadOutcome outcome) {
    return switch (outcome) {
      case ReadOutcome.Complete(_, _, var defects) when !defects.isEmpty() ->
          Check.warning(
              what,
              "may be read, but not all of it: "
                  + some(
                      defects.stream()
                          .map(each ->
                              leftOut(each.from().toString(), each.to().toString(), each.reason()))
                          .toList()));
      case ReadOutcome.Complete _ -> Check.ok(what, "may be read");
      case ReadOutcome.TooLarge _ -> Check.ok(what, "may be read");
      case ReadOutcome.Failed failed -> Check.failed(what, failed.message(), code(failed.kind()));
    };
  }

  private static int code(Kind kind) {
    return kind == Kind.BAD_KEY || kind == Kind.MISSING_SCOPE ? Exit.AUTH : Exit.UNREACHABLE;
  }

  private static Check expiry(String id, KeyExpiry expiry, Instant now) {
    String what = id + ", key";
    return switch (expiry) {
      case KeyExpiry.Never(String name) -> Check.ok(what, named(name) + "does not expire");
      case KeyExpiry.Unknown(String reason) ->
          Check.warning(what, "when it expires is not known: " + reason);
      case KeyExpiry.Expires(String name, Instant at) -> {
        Duration left = Duration.between(now, at);
        String text =
            named(name) + "expires in " + Text.age(left) + ", on " + at.toString().substring(0, 10);
        yield left.compareTo(SOON) < 0
            ? Check.warning(
                what,
                text
                    + "; make another at"
                    + " https://platform.openai.com/settings/organization/admin-keys")
            : Check.ok(what, text);
      }
    };
  }

  private static String named(String name) {
    return name.isEmpty() ? "it " : "'" + name + "' ";
  }

  private static Map<String, Object> envelope(List<Check> checks) {
    Map<String, Object> envelope = new LinkedHashMap<>();
    envelope.put("schema", "tallyman.doctor/1");
    envelope.put("ok", checks.stream().noneMatch(c -> c.verdict() == Verdict.FAILED));
    List<Map<String, Object>> data = new ArrayList<>();
    for (Check check : checks) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("check", check.what());
      row.put("result", check.verdict().name().toLowerCase(java.util.Locale.ROOT));
      row.put("finding", check.finding());
      data.add(row);
    }
    envelope.put("data", data);
    return envelope;
  }
}
