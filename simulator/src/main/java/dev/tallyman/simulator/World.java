package dev.tallyman.simulator;

import static dev.tallyman.core.usage.Dimension.API_KEY;
import static dev.tallyman.core.usage.Dimension.BATCH;
import static dev.tallyman.core.usage.Dimension.CONTEXT_LEVEL;
import static dev.tallyman.core.usage.Dimension.MODEL;
import static dev.tallyman.core.usage.Dimension.PROJECT;
import static dev.tallyman.core.usage.Dimension.SERVICE_TIER;
import static dev.tallyman.core.usage.Dimension.SIZE;
import static dev.tallyman.core.usage.Dimension.SOURCE;
import static dev.tallyman.core.usage.Dimension.USER;
import static dev.tallyman.core.usage.Dimension.VECTOR_STORE;

import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.simulator.Incident.Kind;
import dev.tallyman.simulator.Organization.ApiKey;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is used in the simulated organization: a pure function of seed, endpoint, combination and
 * hour, so that any hour can be asked at once and says the same for ever. Minutes are shares of
 * their hour.
 */
final class World {
  /** Chat models with prices, for generated organizations; the dearest last. */
  static final List<String> MODELS =
      List.of(
          "gpt-5-nano-2025-08-07",
          "gpt-4o-mini-2024-07-18",
          "gpt-5-mini-2025-08-07",
          "gpt-4.1-mini-2025-04-14",
          "gpt-5.4-mini-2026-03-17",
          "o4-mini-2025-04-16",
          "gpt-4.1-2025-04-14",
          "gpt-5.6-luna",
          "gpt-5.6-terra",
          "gpt-5.4-2026-03-05",
          "gpt-5.5-2026-04-23",
          "gpt-5.6-sol");

  /** The service tier of what is complimentary for shared data. */
  static final String INCENTIVE = "data sharing incentive tier";

  /** Tokens a UTC day that are complimentary: of the premium models, and of the mini models. */
  static final long[] POOL_LIMITS = {1_000_000, 10_000_000};

  static final int MINUTES = 60;

  /** How often the incidents come round. */
  static final Duration CYCLE = Duration.ofDays(84);

  private static final int PREMIUM = 0;
  private static final int MINI = 1;
  private static final int DAY_MINUTES = 1440;
  private static final long CYCLE_HOURS = CYCLE.toHours();
  // The first Monday after 1970-01-01, a Thursday.
  private static final long FIRST_MONDAY = 4 * 24;
  private static final long GROWTH_ORIGIN = LocalDate.of(2026, 8, 1).toEpochDay();
  private static final String TIER_DEFAULT = "default";
  private static final int MEMORY = 4096;

  private static final int RUNAWAY_RESEARCH = 0;
  private static final int DEAR_DOCUMENTS = 1;
  private static final int LOST_CODE = 2;
  private static final int RUNAWAY_CHAT = 3;
  private static final int DEAR_VOICE = 4;
  private static final int SYNC_DOCUMENTS = 5;
  private static final int[] HOURS_OF = {14, 58, 40, 9, 66, 76};
  private static final int BOOST = 40;

  private final long seed;
  private final Organization organization;
  private final Map<Known, List<Traffic>> traffic = new EnumMap<>(Known.class);
  private final Map<Known, Integer> activeRows = new EnumMap<>(Known.class);
  private final List<List<Traffic>> pools = List.of(new ArrayList<>(), new ArrayList<>());
  private final long[] incidentStart = new long[HOURS_OF.length];
  private final Map<Long, Integer> exhausted = new ConcurrentHashMap<>();
  private final boolean incidents;
  private final boolean extras;

  private World(long seed, Organization organization, boolean incidents, boolean extras) {
    this.seed = seed;
    this.organization = organization;
    this.incidents = incidents;
    this.extras = extras;
    for (Known endpoint : Known.values()) {
      traffic.put(endpoint, new ArrayList<>());
    }
    long bits = Hash.of(seed, "incidents");
    int shift = Hash.below(Hash.of(bits, 99), 12);
    for (int i = 0; i < incidentStart.length; i++) {
      long week = shift + 2L * i + Hash.below(Hash.of(bits, i), 2);
      long day = Hash.below(Hash.of(bits, 10 + i), 2);
      long hour = 8L + Hash.below(Hash.of(bits, 20 + i), 6);
      incidentStart[i] = FIRST_MONDAY + week * 168 + day * 24 + hour;
    }
  }

  /** The organization worth looking at. */
  static World standard(long seed) {
    return standard(seed, true);
  }

  /**
   * The organization worth looking at.
   *
   * @param incidents whether anything ever goes wrong in its spend
   */
  static World standard(long seed, boolean incidents) {
    var world = new World(seed, Organization.standard(seed), incidents, true);
    new Standard(world).fill();
    return world;
  }

  /** An organization of a chosen size. */
  static World sized(long seed, Size size) {
    var world = new World(seed, Organization.sized(seed, size), false, false);
    world.fill(size);
    return world;
  }

  Organization organization() {
    return organization;
  }

  /** Whether it is charged for what no usage endpoint shows. */
  boolean hasExtras() {
    return extras;
  }

  long seed() {
    return seed;
  }

  /** Every combination that an endpoint can ever see. */
  List<Traffic> traffic(Known endpoint) {
    return traffic.getOrDefault(endpoint, List.of());
  }

  /**
   * The combinations that an hour can have, by their index in {@link #traffic}.
   *
   * @param i from 0 to {@link #candidates} - 1
   */
  int candidate(Known endpoint, long hour, int i) {
    Integer rows = activeRows.get(endpoint);
    if (rows == null) {
      return i;
    }
    int all = traffic(endpoint).size();
    int stride = all % 7919 == 0 ? 7907 : 7919;
    int first = Hash.below(Hash.of(seed, hour, 77), all);
    return (int) ((first + (long) i * stride) % all);
  }

  /** How many combinations an hour can have. */
  int candidates(Known endpoint) {
    Integer rows = activeRows.get(endpoint);
    return rows == null ? traffic(endpoint).size() : rows;
  }

  /**
   * Fills in what an hour holds of a combination, and says whether it holds any.
   *
   * @param hour counted from 1970
   * @param out by slot; undefined where the answer is no
   */
  boolean volume(Traffic of, long hour, long[] out) {
    if (hour < of.from || hour >= of.until) {
      return false;
    }
    if (of.endpoint.gauge()) {
      return bytes(of, hour, out);
    }
    long bits = Hash.of(of.bits, hour);
    long rate = of.rate;
    boolean boosted = during(of.boostedBy, hour);
    if (during(of.stoppedBy, hour) || (of.onlyIn != Traffic.NONE && !during(of.onlyIn, hour))) {
      return false;
    }
    long share = boosted ? 1000 : of.rhythm.at(hour + of.ahead);
    if (share == 0 && !of.certain) {
      return false;
    }
    long day = Math.floorDiv(hour, 24);
    long grown = Math.clamp(100_000 + (day - GROWTH_ORIGIN) * of.growth, 20_000, 400_000);
    long ofDay = 650L + Hash.below(Hash.of(of.bits, day, 5), 701);
    long ofHour = 700L + Hash.below(Hash.of(bits, 1), 301) + Hash.below(Hash.of(bits, 2), 301);
    rate = rate * share / 1000 * grown / 100_000 * ofDay / 1000 * ofHour / 1000;
    if (boosted) {
      rate *= BOOST;
    }
    long count = (rate + Hash.below(Hash.of(bits, 3), 1000)) / 1000;
    if (count == 0) {
      if (!of.certain) {
        return false;
      }
      count = 1;
    }
    out[Slots.COUNT] = count;
    for (int slot = 1; slot < Slots.SIZE; slot++) {
      out[slot] =
          of.each[slot] == 0
              ? 0
              : Math.max(
                  1,
                  count * of.each[slot] * (750 + Hash.below(Hash.of(bits, 10 + slot), 501)) / 1000);
    }
    if (of.cached + of.written > 0) {
      long input = out[Slots.TEXT_IN];
      long kept =
          during(of.uncachedBy, hour)
              ? 0
              : of.cached * (850L + Hash.below(Hash.of(bits, 4), 251)) / 1000;
      out[Slots.CACHED_TEXT] = input * kept / 1000;
      out[Slots.CACHE_WRITE] = input * of.written / 1000;
      out[Slots.TEXT_IN] = input - out[Slots.CACHED_TEXT] - out[Slots.CACHE_WRITE];
    }
    return true;
  }

  private static boolean bytes(Traffic of, long hour, long[] out) {
    // Whole mebibytes: grows through the months, with a little coming and going.
    long day = Math.floorDiv(hour, 24);
    long grown = Math.clamp(100_000 + (day - GROWTH_ORIGIN) * of.growth, 20_000, 400_000);
    long mebibytes = of.rate * grown / 100_000 + Hash.below(Hash.of(of.bits, hour / 6), 64);
    out[Slots.COUNT] = Math.max(1, mebibytes) << 20;
    for (int slot = 1; slot < Slots.SIZE; slot++) {
      out[slot] = 0;
    }
    return true;
  }

  /**
   * How much of an hour's count has happened when so many of its minutes have passed: never falls,
   * nothing at 0, all of it at 60.
   */
  static long counted(Traffic of, long hour, long count, int minutes) {
    if (minutes <= 0) {
      return 0;
    }
    if (minutes >= MINUTES) {
      return count;
    }
    long bits = Hash.of(of.bits, hour, 6);
    // Each minute gets between a tenth and twice its even share.
    long weight = minutes * 1000L + Hash.below(Hash.of(bits, minutes), 900);
    long phase = Hash.below(bits, MINUTES * 1000);
    return (count * weight + phase) / (MINUTES * 1000L);
  }

  /** How much of an hour's amount belongs to the first {@code counted} of its requests. */
  static long amount(long all, long counted, long count) {
    return counted == count ? all : all * counted / count;
  }

  /** Whether an incident goes on in an hour. */
  boolean during(int incident, long hour) {
    return incidents
        && incident != Traffic.NONE
        && Math.floorMod(hour - incidentStart[incident], CYCLE_HOURS) < HOURS_OF[incident];
  }

  /**
   * The first minute of a UTC day from which a complimentary pool is used up; 1440 if it never is.
   */
  int exhaustedFrom(int pool, long day) {
    long question = day * POOL_LIMITS.length + pool;
    Integer known = exhausted.get(question);
    if (known != null) {
      return known;
    }
    if (exhausted.size() >= MEMORY) {
      exhausted.clear();
    }
    int minute = exhaustion(pool, day);
    exhausted.put(question, minute);
    return minute;
  }

  private int exhaustion(int pool, long day) {
    long limit = POOL_LIMITS[pool];
    long used = 0;
    for (int h = 0; h < 24; h++) {
      long hour = day * 24 + h;
      long more = poolTokens(pool, hour, MINUTES);
      if (used + more > limit) {
        int fits = 0;
        int tooMuch = MINUTES;
        while (tooMuch - fits > 1) {
          int middle = (fits + tooMuch) / 2;
          if (used + poolTokens(pool, hour, middle) > limit) {
            tooMuch = middle;
          } else {
            fits = middle;
          }
        }
        return h * MINUTES + fits;
      }
      used += more;
    }
    return DAY_MINUTES;
  }

  private long poolTokens(int pool, long hour, int minutes) {
    long[] slots = new long[Slots.SIZE];
    long sum = 0;
    for (Traffic of : pools.get(pool)) {
      if (volume(of, hour, slots)) {
        long count = slots[Slots.COUNT];
        long counted = counted(of, hour, count, minutes);
        for (int slot = 1; slot < Slots.SIZE; slot++) {
          sum += amount(slots[slot], counted, count);
        }
      }
    }
    return sum;
  }

  /** The incidents that begin in {@code [from, to)}, in order of time. */
  List<Incident> incidents(Instant from, Instant to) {
    var found = new ArrayList<Incident>();
    if (!incidents) {
      return found;
    }
    long first = Math.ceilDiv(from.getEpochSecond(), 3600L);
    long end = Math.ceilDiv(to.getEpochSecond(), 3600L);
    for (int i = 0; i < HOURS_OF.length; i++) {
      long start = first + Math.floorMod(incidentStart[i] - first, CYCLE_HOURS);
      for (; start < end; start += CYCLE_HOURS) {
        found.add(incident(i, start));
      }
    }
    found.sort(Comparator.comparing(Incident::start));
    return found;
  }

  private Incident incident(int i, long start) {
    Kind kind =
        switch (i) {
          case RUNAWAY_RESEARCH, RUNAWAY_CHAT -> Kind.RUNAWAY_KEY;
          case DEAR_DOCUMENTS, DEAR_VOICE -> Kind.DEAR_MODEL;
          case LOST_CODE -> Kind.CACHE_LOST;
          default -> Kind.BATCH_TO_SYNC;
        };
    Traffic shown =
        traffic(Known.COMPLETIONS).stream()
            .filter(of -> of.boostedBy == i || of.onlyIn == i || of.uncachedBy == i)
            .findFirst()
            .orElseThrow();
    Optional<String> key =
        kind == Kind.CACHE_LOST ? Optional.empty() : Optional.ofNullable(shown.get(API_KEY));
    return new Incident(
        kind,
        Instant.ofEpochSecond(start * 3600),
        Instant.ofEpochSecond((start + HOURS_OF[i]) * 3600),
        known(shown.get(PROJECT)),
        key,
        known(shown.get(MODEL)));
  }

  private static String known(@Nullable String value) {
    return Optional.ofNullable(value).orElseThrow();
  }

  private void add(Traffic.Builder builder) {
    Traffic of = builder.build(seed);
    traffic.computeIfAbsent(of.endpoint, _ -> new ArrayList<>()).add(of);
    if (of.pool != Traffic.NONE) {
      pools.get(of.pool).add(of);
    }
  }

  private void fill(Size size) {
    List<ApiKey> keys = organization.keys();
    var owners = new ArrayList<Traffic.Builder>();
    for (ApiKey key : keys) {
      for (int m = 0; m < size.models(); m++) {
        add(
            owned(Known.COMPLETIONS, key)
                .set(MODEL, MODELS.get(m))
                .set(BATCH, "false")
                .set(SERVICE_TIER, TIER_DEFAULT)
                .rhythm(Rhythm.OFFICE, 0)
                .rate(20_000)
                .text(1800, 350)
                .cache(400, m >= 7 ? 50 : 0)
                .certain());
      }
      owners.add(owned(Known.EMBEDDINGS, key).set(MODEL, "text-embedding-3-small").each(1, 900));
      owners.add(
          owned(Known.MODERATIONS, key).set(MODEL, "omni-moderation-2024-09-26").each(1, 300));
      owners.add(
          owned(Known.IMAGES, key)
              .set(MODEL, "gpt-image-1")
              .set(SIZE, "1024x1024")
              .set(SOURCE, "image.generation")
              .each(1, 1));
      owners.add(owned(Known.AUDIO_SPEECHES, key).set(MODEL, "tts-1").each(1, 700));
      owners.add(owned(Known.AUDIO_TRANSCRIPTIONS, key).set(MODEL, "whisper-1").each(1, 90));
      owners.add(
          owned(Known.FILE_SEARCH_CALLS, key)
              .set(VECTOR_STORE, "vs_" + Hash.text(Hash.of(seed, key.id()), 24)));
      owners.add(
          owned(Known.WEB_SEARCH_CALLS, key)
              .set(MODEL, "gpt-5-mini-2025-08-07")
              .set(CONTEXT_LEVEL, "medium")
              .each(1, 2));
    }
    for (Organization.Project project : organization.projects()) {
      owners.add(new Traffic.Builder(Known.VECTOR_STORES).set(PROJECT, project.id()));
      owners.add(new Traffic.Builder(Known.CODE_INTERPRETER_SESSIONS).set(PROJECT, project.id()));
    }
    owners.forEach(builder -> add(builder.rate(12_000).certain()));
    for (Known endpoint : Known.values()) {
      int rows = endpoint == Known.COMPLETIONS ? size.completionsRows() : size.otherRows();
      activeRows.put(endpoint, Math.min(rows, traffic(endpoint).size()));
    }
  }

  private Traffic.Builder owned(Known endpoint, ApiKey key) {
    Organization.User user = key.user();
    return new Traffic.Builder(endpoint)
        .set(PROJECT, organization.projects().get(key.project()).id())
        .set(API_KEY, key.id())
        .set(USER, user == null ? null : user.id());
  }

  /** Who uses what in the organization worth looking at. */
  private static final class Standard {
    private static final LocalDate EVER = LocalDate.of(2024, 1, 1);
    private static final LocalDate OF_5_6 = LocalDate.of(2026, 6, 25);

    private final World world;
    private final Organization organization;

    private Standard(World world) {
      this.world = world;
      organization = world.organization;
    }

    /** The key of a project by its place among the project's stable keys. */
    private ApiKey key(int project, int i) {
      return organization.keysOf(project).get(i);
    }

    private Traffic.Builder chat(ApiKey key, String model, LocalDate since) {
      return world
          .owned(Known.COMPLETIONS, key)
          .set(MODEL, model)
          .set(BATCH, "false")
          .set(SERVICE_TIER, TIER_DEFAULT)
          .between(hour(since), Long.MAX_VALUE);
    }

    private static long hour(LocalDate day) {
      return day.atStartOfDay(ZoneOffset.UTC).toEpochSecond() / 3600;
    }

    private void add(Traffic.Builder builder) {
      world.add(builder);
    }

    void fill() {
      chat();
      search();
      code();
      documents();
      voice();
      studio();
      research();
      openLab();
    }

    private void chat() {
      for (int k = 0; k < 5; k++) {
        ApiKey key = key(Organization.CHAT, k);
        boolean machine = k >= 3;
        int scale = machine ? 10 : 1;
        Rhythm rhythm = machine ? Rhythm.CONSUMER : Rhythm.OFFICE;
        add(
            chat(key, "gpt-5.6-terra", OF_5_6)
                .rhythm(rhythm, 1)
                .rate(26_000L * scale)
                .text(2600, 420)
                .cache(620, 40)
                .growth(180)
                .boostedBy(k == 1 ? RUNAWAY_CHAT : Traffic.NONE));
        add(
            chat(key, "gpt-5.6-luna", OF_5_6)
                .rhythm(rhythm, 1)
                .rate(60_000L * scale)
                .text(1400, 260)
                .cache(550, 30)
                .growth(220));
        add(
            chat(key, "gpt-4.1-mini-2025-04-14", EVER)
                .rhythm(rhythm, 1)
                .rate(14_000L * scale)
                .text(1200, 240)
                .cache(300, 0)
                .growth(-60));
        add(
            world
                .owned(Known.MODERATIONS, key)
                .set(MODEL, "omni-moderation-2024-09-26")
                .rhythm(rhythm, 1)
                .rate(70_000L * scale)
                .each(Slots.AMOUNT, 210));
      }
      add(
          chat(key(Organization.CHAT, 3), "gpt-5.6-sol", OF_5_6)
              .set(SERVICE_TIER, "priority")
              .rhythm(Rhythm.CONSUMER, 1)
              .rate(24_000)
              .text(3200, 500)
              .cache(500, 60)
              .growth(150));
    }

    private void search() {
      for (int k = 0; k < 5; k++) {
        ApiKey key = key(Organization.SEARCH, k);
        boolean machine = k >= 3;
        int scale = machine ? 8 : 1;
        add(
            world
                .owned(Known.EMBEDDINGS, key)
                .set(MODEL, "text-embedding-3-small")
                .rhythm(machine ? Rhythm.STEADY : Rhythm.OFFICE, 0)
                .rate(90_000L * scale)
                .each(Slots.AMOUNT, 780)
                .growth(120));
        if (machine) {
          add(
              world
                  .owned(Known.EMBEDDINGS, key)
                  .set(MODEL, "text-embedding-3-large")
                  .rhythm(Rhythm.NIGHTLY, 0)
                  .rate(2_400_000)
                  .each(Slots.AMOUNT, 640));
        }
        add(
            chat(key, "gpt-5.4-mini-2026-03-17", LocalDate.of(2026, 3, 17))
                .rhythm(Rhythm.OFFICE, 0)
                .rate(22_000L * scale)
                .text(5200, 310)
                .cache(350, 0)
                .growth(110));
        add(
            world
                .owned(Known.FILE_SEARCH_CALLS, key)
                .set(VECTOR_STORE, store(Organization.SEARCH, k % 2))
                .rhythm(Rhythm.OFFICE, 0)
                .rate(9_000L * scale));
      }
      bytes(Organization.SEARCH, 52_000, 160);
      bytes(Organization.DOCUMENTS, 18_000, 90);
      bytes(Organization.RESEARCH, 3_000, 40);
    }

    private void bytes(int project, int mebibytes, int growth) {
      add(
          new Traffic.Builder(Known.VECTOR_STORES)
              .set(PROJECT, organization.projects().get(project).id())
              .rate(mebibytes)
              .growth(growth));
    }

    private String store(int project, int i) {
      return "vs_" + Hash.text(Hash.of(world.seed, project, 200 + i), 24);
    }

    private void code() {
      for (int k = 0; k < 4; k++) {
        ApiKey key = key(Organization.CODE, k);
        boolean machine = k >= 3;
        add(
            chat(key, "gpt-5.6-sol", OF_5_6)
                .rhythm(Rhythm.OFFICE, machine ? 0 : -6)
                .rate(machine ? 90_000 : 42_000)
                .text(14_000, 620)
                .cache(820, 60)
                .growth(260)
                .uncachedBy(LOST_CODE));
        add(
            chat(key, "gpt-5.3-codex", LocalDate.of(2026, 2, 5))
                .rhythm(Rhythm.OFFICE, 1)
                .rate(machine ? 70_000 : 30_000)
                .text(9_000, 540)
                .cache(780, 0)
                .growth(-90)
                .uncachedBy(LOST_CODE));
      }
      for (ApiKey key : organization.rotated()) {
        add(
            chat(key, "gpt-5.6-terra", OF_5_6)
                .rhythm(Rhythm.OFFICE, 0)
                .rate(38_000)
                .text(6_000, 900)
                .cache(450, 50)
                .between(
                    Math.max(hour(OF_5_6), hourOf(key.createdAt()) + 1), hourOf(key.deletedAt())));
        add(
            chat(key, "o4-mini-2025-04-16", EVER)
                .rhythm(Rhythm.OFFICE, 0)
                .rate(12_000)
                .text(3_000, 1_100)
                .between(hourOf(key.createdAt()) + 1, hourOf(key.deletedAt())));
      }
    }

    private static long hourOf(Instant instant) {
      return instant.getEpochSecond() / 3600;
    }

    private void documents() {
      for (int k = 3; k < 5; k++) {
        ApiKey key = key(Organization.DOCUMENTS, k);
        add(
            chat(key, "gpt-5-nano-2025-08-07", EVER)
                .set(BATCH, "true")
                .rhythm(Rhythm.NIGHTLY, 0)
                .rate(2_600_000)
                .text(3_400, 380)
                .growth(70));
        add(
            chat(key, "gpt-5.4-mini-2026-03-17", LocalDate.of(2026, 3, 17))
                .set(BATCH, "true")
                .rhythm(Rhythm.NIGHTLY, 0)
                .rate(1_100_000)
                .text(4_200, 520)
                .growth(90)
                .stoppedBy(k == 3 ? SYNC_DOCUMENTS : Traffic.NONE));
        add(
            chat(key, "gpt-5.6-luna", OF_5_6)
                .set(SERVICE_TIER, "flex")
                .rhythm(Rhythm.STEADY, 0)
                .rate(55_000)
                .text(5_000, 600)
                .cache(250, 20));
      }
      add(
          chat(key(Organization.DOCUMENTS, 3), "gpt-5.4-mini-2026-03-17", EVER)
              .rhythm(Rhythm.NIGHTLY, 0)
              .rate(2_200_000)
              .text(4_200, 520)
              .onlyIn(SYNC_DOCUMENTS));
      for (int k = 0; k < 3; k++) {
        ApiKey key = key(Organization.DOCUMENTS, k);
        add(
            chat(key, "gpt-5-mini-2025-08-07", EVER)
                .rhythm(Rhythm.OFFICE, 2)
                .rate(k == 0 ? 120_000 : 32_000)
                .text(3_600, 450)
                .cache(200, 0)
                .growth(100)
                .stoppedBy(k == 0 ? DEAR_DOCUMENTS : Traffic.NONE));
      }
      add(
          chat(key(Organization.DOCUMENTS, 0), "gpt-5.5-2026-04-23", EVER)
              .rhythm(Rhythm.OFFICE, 2)
              .rate(130_000)
              .text(3_600, 450)
              .cache(200, 0)
              .onlyIn(DEAR_DOCUMENTS));
      sessions(Organization.DOCUMENTS, 26_000);
      sessions(Organization.RESEARCH, 9_000);
      sessions(Organization.OPEN_LAB, 2_500);
    }

    private void sessions(int project, int rate) {
      add(
          new Traffic.Builder(Known.CODE_INTERPRETER_SESSIONS)
              .set(PROJECT, organization.projects().get(project).id())
              .rhythm(Rhythm.OFFICE, 0)
              .rate(rate)
              .growth(80));
    }

    private void voice() {
      for (int k = 0; k < 5; k++) {
        ApiKey key = key(Organization.VOICE, k);
        boolean machine = k >= 3;
        int scale = machine ? 6 : 1;
        Rhythm rhythm = machine ? Rhythm.CONSUMER : Rhythm.OFFICE;
        add(
            chat(key, "gpt-4o-mini-2024-07-18", EVER)
                .rhythm(rhythm, 0)
                .rate(18_000L * scale)
                .text(900, 180)
                .cache(150, 0)
                .early()
                .stoppedBy(k == 4 ? DEAR_VOICE : Traffic.NONE));
        add(
            world
                .owned(Known.AUDIO_TRANSCRIPTIONS, key)
                .set(MODEL, "whisper-1")
                .rhythm(rhythm, 0)
                .rate(4_000L * scale)
                .each(Slots.AMOUNT, 74));
        add(
            world
                .owned(Known.AUDIO_SPEECHES, key)
                .set(MODEL, "tts-1")
                .rhythm(rhythm, 0)
                .rate(5_000L * scale)
                .each(Slots.AMOUNT, 420));
        if (machine) {
          add(
              chat(key, "gpt-audio-2025-08-28", EVER)
                  .rhythm(rhythm, 0)
                  .rate(9_000)
                  .text(700, 120)
                  .each(Slots.AUDIO_IN, 1_300)
                  .each(Slots.AUDIO_OUT, 640)
                  .growth(140));
        }
      }
      add(
          chat(key(Organization.VOICE, 4), "gpt-5.6-sol", EVER)
              .rhythm(Rhythm.CONSUMER, 0)
              .rate(80_000)
              .text(900, 180)
              .cache(150, 20)
              .onlyIn(DEAR_VOICE));
    }

    private void studio() {
      for (int k = 0; k < 4; k++) {
        ApiKey key = key(Organization.STUDIO, k);
        boolean machine = k >= 3;
        int rate = machine ? 14_000 : 3_000;
        add(
            world
                .owned(Known.IMAGES, key)
                .set(MODEL, "gpt-image-1")
                .set(SIZE, k % 2 == 0 ? "1024x1024" : "1792x1024")
                .set(SOURCE, k == 2 ? "image.edit" : "image.generation")
                .rhythm(Rhythm.OFFICE, -3)
                .rate(rate)
                .each(Slots.AMOUNT, 1));
        add(
            chat(key, "gpt-image-1", EVER)
                .rhythm(Rhythm.OFFICE, -3)
                .rate(rate)
                .each(Slots.TEXT_IN, 160)
                .each(Slots.IMAGE_IN, k == 2 ? 900 : 0)
                .each(Slots.CACHED_IMAGE, k == 2 ? 220 : 0)
                .each(Slots.IMAGE_OUT, 1_500));
        add(
            chat(key, "gpt-5.4-2026-03-05", LocalDate.of(2026, 3, 5))
                .rhythm(Rhythm.OFFICE, -3)
                .rate(7_000)
                .text(2_400, 520)
                .cache(300, 0));
      }
    }

    private void research() {
      for (int k = 0; k < 5; k++) {
        ApiKey key = key(Organization.RESEARCH, k);
        add(
            chat(key, "gpt-5.5-2026-04-23", LocalDate.of(2026, 4, 23))
                .rhythm(Rhythm.OFFICE, k % 2 == 0 ? -6 : 1)
                .rate(6_500)
                .text(6_500, 1_400)
                .cache(420, 0)
                .growth(60)
                .boostedBy(k == 1 ? RUNAWAY_RESEARCH : Traffic.NONE));
        add(
            world
                .owned(Known.WEB_SEARCH_CALLS, key)
                .set(MODEL, "gpt-5.5-2026-04-23")
                .set(CONTEXT_LEVEL, k == 0 ? "high" : k < 3 ? "medium" : "low")
                .rhythm(Rhythm.OFFICE, 1)
                .rate(4_000)
                .each(Slots.AMOUNT, 2));
        if (k >= 3) {
          add(
              chat(key, "gpt-5.4-2026-03-05", LocalDate.of(2026, 3, 5))
                  .set(SERVICE_TIER, "flex")
                  .rhythm(Rhythm.STEADY, 0)
                  .rate(5_000)
                  .text(8_000, 2_000)
                  .cache(300, 0));
        }
      }
      // The playground: a person, but no key.
      add(
          chat(key(Organization.RESEARCH, 0), "gpt-5.6-sol", OF_5_6)
              .set(API_KEY, null)
              .rhythm(Rhythm.OFFICE, 1)
              .rate(3_000)
              .text(1_200, 800));
    }

    private void openLab() {
      for (int k = 0; k < 5; k++) {
        ApiKey key = key(Organization.OPEN_LAB, k);
        add(
            chat(key, "gpt-4.1-2025-04-14", EVER)
                .rhythm(Rhythm.OFFICE, 1)
                .rate(7_500)
                .text(2_600, 500)
                .cache(180, 0)
                .pool(PREMIUM));
        add(
            chat(key, "gpt-5-mini-2025-08-07", EVER)
                .rhythm(Rhythm.OFFICE, 1)
                .rate(62_000)
                .text(3_200, 640)
                .cache(180, 0)
                .pool(MINI));
      }
    }
  }
}
