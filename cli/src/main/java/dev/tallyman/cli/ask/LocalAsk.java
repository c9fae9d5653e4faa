package dev.tallyman.cli.ask;

import dev.tallyman.api.Routes;
import dev.tallyman.api.access.Access;
import dev.tallyman.api.message.Request;
import dev.tallyman.api.message.Response;
import dev.tallyman.api.site.PollTrigger;
import dev.tallyman.api.site.Site;
import dev.tallyman.cli.config.Config;
import dev.tallyman.cli.config.Ledgers;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.core.poll.Organization;
import dev.tallyman.core.poll.Organizations;
import dev.tallyman.core.settings.OrganizationSettings;
import dev.tallyman.core.settings.SettingsStore;
import dev.tallyman.core.store.Bytes;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreException;
import dev.tallyman.sqlite.SqliteStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** This machine's own ledger, asked through the same routes as a server would be. */
public final class LocalAsk implements Ask {
  private final Path file;
  private final Store store;
  private final Routes routes;

  /**
   * Opens a ledger.
   *
   * @throws Failure if there is none yet, or it cannot be read
   */
  public LocalAsk(Path file, Config config) {
    if (!Files.isRegularFile(file)) {
      throw new Failure(
          Exit.UNREACHABLE,
          "Nothing has been read yet: there is no ledger at "
              + file
              + "; fill one with `tallyman` or `tallyman poll --once`, or name its folder with"
              + " --data.");
    }
    this.file = file;
    this.store = new SqliteStore(file, config.clock());
    // Whoever may read the file may do all that can be done through it.
    Access access = new Access(Set.of(), Set.of(), true, true, Set.of());
    String usual;
    try {
      usual = usual(file, config);
    } catch (StoreException e) {
      store.close();
      throw Failure.of(e);
    }
    this.routes =
        new Routes(
            new Site(
                store,
                config.clock(),
                () -> usual,
                config.overrides()::over,
                config.keys(),
                () -> access,
                PollTrigger.none("a ledger alone does not poll"),
                _ -> {}));
  }

  /** The organization that is meant where none is named. */
  private String usual(Path file, Config config) {
    if (file.equals(Ledgers.simulated(config.data()))) {
      return Ledgers.SIMULATED;
    }
    List<OrganizationSettings> named = new SettingsStore(store).load().settings().organizations();
    return config.organizations().stream()
        .findFirst()
        .map(provider ->
            named.stream()
                .filter(each -> each.keyEnv().equals(Optional.of(provider.keyVariable())))
                .findFirst()
                .map(OrganizationSettings::id)
                .orElseGet(provider::id))
        .or(() -> new Organizations(store).all().stream().map(Organization::id).findFirst())
        .orElse(Config.USUAL_ORGANIZATION);
  }

  @Override
  public Reply send(
      String method,
      String path,
      List<Map.Entry<String, String>> parameters,
      Map<String, String> headers,
      byte[] body) {
    String query = Ask.query(parameters);
    Map<String, List<String>> sent = new LinkedHashMap<>();
    sent.put("host", List.of("localhost"));
    headers.forEach((name, value) -> sent.put(name, List.of(value)));
    Response response =
        routes.handle(
            new Request(method, path, query, sent, Bytes.copyOf(body), false, true, "local"));
    if (response.status() == 503) {
      // The answer says no more than a stranger may know; here the owner of the file asks.
      store
          .check()
          .ifPresent(wrong -> {
            throw new Failure(Exit.UNREACHABLE, "The store: " + wrong);
          });
    }
    Map<String, String> received = new LinkedHashMap<>();
    response.headers().forEach((name, value) -> received.put(name.toLowerCase(Locale.ROOT), value));
    return new Reply(response.status(), received, response.body());
  }

  @Override
  public String whom() {
    return file.toString();
  }

  @Override
  public void close() {
    store.close();
  }
}
