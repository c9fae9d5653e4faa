package dev.tallyman.simulator;

import com.sun.net.httpserver.HttpServer;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.Width;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A simulated OpenAI organization that speaks the provider's Usage, Costs and Admin APIs over HTTP.
 * What it says is a pure function of its seed and of the time asked about, so that two of them with
 * the same seed agree, and that building one takes no time. Every answer carries the header {@code
 * x-tallyman-simulated: true}.
 */
public final class Simulator implements AutoCloseable {
  private final Builder options;
  private final World world;
  private final Charges charges;
  private @Nullable HttpServer server;
  private @Nullable Service service;
  private @Nullable ExecutorService executor;

  private Simulator(Builder builder) {
    options = new Builder(builder);
    world =
        options.size == null
            ? World.standard(options.seed, options.incidents)
            : World.sized(options.seed, options.size);
    charges = new Charges(world);
  }

  /**
   * A builder of simulators.
   *
   * @param clock the time in the organization; usage grows with it
   */
  public static Builder builder(InstantSource clock) {
    return new Builder(clock);
  }

  /**
   * Begins to answer, on the loopback interface unless told otherwise.
   *
   * @throws IOException if it cannot listen there
   */
  public Simulator start() throws IOException {
    if (server != null) {
      throw new IllegalStateException("this simulator was started before");
    }
    InetAddress host = options.host == null ? InetAddress.getLoopbackAddress() : options.host;
    Service answering =
        new Service(
            world,
            charges,
            options.clock,
            options.faults,
            Optional.ofNullable(options.adminKey),
            Map.copyOf(options.restricted),
            options.hang);
    HttpServer listening = HttpServer.create(new InetSocketAddress(host, options.port), 0);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    listening.setExecutor(threads);
    listening.createContext("/", answering);
    listening.start();
    server = listening;
    service = answering;
    executor = threads;
    return this;
  }

  /** The port it listens on. */
  public int port() {
    return address().getPort();
  }

  /** What {@code OPENAI_BASE_URL} is set to, for instance {@code http://127.0.0.1:4010/v1}. */
  public URI baseUrl() {
    InetSocketAddress address = address();
    String host = address.getAddress().getHostAddress();
    return URI.create(
        "http://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port() + "/v1");
  }

  private InetSocketAddress address() {
    HttpServer listening = server;
    if (listening == null) {
      throw new IllegalStateException("this simulator is not started");
    }
    return listening.getAddress();
  }

  /** Whether a request hangs at the moment. */
  boolean hangs() {
    return service != null && service.hangs();
  }

  /** Stops answering; requests that hang are let go. */
  @Override
  public void close() {
    if (service != null) {
      service.close();
    }
    if (server != null) {
      server.stop(0);
    }
    if (executor != null) {
      executor.shutdownNow();
    }
  }

  /** The provider's id of the organization. */
  public String organization() {
    return world.organization().id();
  }

  /**
   * The six incidents that began last, in order of time. Each comes round every twelve weeks, so
   * that these are the ones of the last twelve weeks. None in an organization of a chosen size, or
   * that was asked to have none.
   */
  public List<Incident> incidents() {
    Instant now = options.clock.instant();
    return incidents(now.minus(World.CYCLE), now);
  }

  /** The incidents that begin in {@code [from, to)}, in order of time. */
  public List<Incident> incidents(Instant from, Instant to) {
    return List.copyOf(world.incidents(from, to));
  }

  /** The project that shares its data for complimentary tokens; empty if none does. */
  public Optional<String> sharingProject() {
    return options.size == null
        ? Optional.of(world.organization().projects().get(Organization.OPEN_LAB).id())
        : Optional.empty();
  }

  /** The API keys that have been deleted by now: they are in usage, but no longer listed. */
  public List<String> deletedKeys() {
    Instant now = options.clock.instant();
    return world.organization().keys().stream()
        .filter(key -> !key.deletedAt().isAfter(now))
        .map(Organization.ApiKey::id)
        .toList();
  }

  /**
   * What the provider says in the end about an hour, in the widest grouping: all of it, late usage
   * in, corrections made, whatever the clock says.
   *
   * @param hour the start of the hour
   */
  public Bucket truthUsage(Known endpoint, Instant hour) {
    long from = Math.floorDiv(hour.getEpochSecond(), 60L);
    var groupBy = EnumSet.copyOf(endpoint.groupings());
    var usage = new Usage(world, Weather.settled(world.seed()), endpoint, groupBy, Map.of());
    return new Bucket(
        endpoint, hour, Width.HOUR, UsageRows.of(endpoint, usage.rows(from, from + World.MINUTES)));
  }

  /** What the provider charges in the end for a UTC day, whatever the clock says. */
  public CostDay truthCosts(LocalDate day) {
    return charges.day(day.toEpochDay(), Weather.settled(world.seed()));
  }

  /** Collects what a simulator is told. */
  public static final class Builder {
    private final InstantSource clock;
    private final Map<String, Set<String>> restricted = new TreeMap<>();
    private long seed = SimulatorOptions.SEED;
    private boolean incidents = true;
    private int port;
    private Duration hang = Duration.ofSeconds(20);
    private Set<Fault> faults = Set.of();
    private @Nullable String adminKey;
    private @Nullable Size size;
    private @Nullable InetAddress host;

    private Builder(InstantSource clock) {
      this.clock = clock;
    }

    private Builder(Builder other) {
      clock = other.clock;
      restricted.putAll(other.restricted);
      seed = other.seed;
      incidents = other.incidents;
      port = other.port;
      hang = other.hang;
      faults = other.faults;
      adminKey = other.adminKey;
      size = other.size;
      host = other.host;
    }

    /** The seed of everything. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** Whether things go wrong in the organization's spend; they do unless told. */
    public Builder incidents(boolean value) {
      incidents = value;
      return this;
    }

    /** The port to listen on; 0, unless told, for a free one. */
    public Builder port(int value) {
      port = value;
      return this;
    }

    /** The address to listen on; loopback unless told. */
    public Builder host(InetAddress value) {
      host = value;
      return this;
    }

    /** What goes wrong; nothing unless told. */
    public Builder faults(Set<Fault> value) {
      faults = Set.copyOf(value);
      return this;
    }

    /** The only admin key that is accepted; any {@code sk-admin-…} unless told. */
    public Builder adminKey(String value) {
      adminKey = value;
      return this;
    }

    /**
     * A key that has only some scopes.
     *
     * @param scopes of {@code api.usage.read} for usage and costs, {@code api.management.read} for
     *     names
     */
    public Builder restrictedKey(String key, Set<String> scopes) {
      restricted.put(key, Set.copyOf(scopes));
      return this;
    }

    /** How long {@link Fault#HANG} keeps a connection; 20 seconds unless told. */
    public Builder hang(Duration value) {
      hang = value;
      return this;
    }

    /** An organization of this size in the place of the one worth looking at. */
    public Builder size(Size value) {
      size = value;
      return this;
    }

    /** A simulator that is not started: enough to ask for the truth. */
    public Simulator build() {
      return new Simulator(this);
    }
  }
}
