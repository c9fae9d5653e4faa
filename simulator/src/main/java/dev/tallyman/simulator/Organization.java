package dev.tallyman.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who belongs to the simulated organization.
 *
 * @param id the provider's id of the organization
 * @param projects archived ones included
 * @param keys those that will be created and those that are deleted included
 */
record Organization(
    String id,
    String name,
    List<Project> projects,
    List<ApiKey> keys,
    List<User> users,
    List<ServiceAccount> accounts) {
  /** The first hour of the organization. */
  static final Instant FOUNDED = Instant.parse("2024-01-01T00:00:00Z");

  /** How long the key of the build machines lives before it is replaced by a new one. */
  static final Duration ROTATION = Duration.ofDays(84);

  static final int CHAT = 0;
  static final int SEARCH = 1;
  static final int CODE = 2;
  static final int DOCUMENTS = 3;
  static final int VOICE = 4;
  static final int STUDIO = 5;
  static final int RESEARCH = 6;

  /** Shares its data for complimentary tokens. */
  static final int OPEN_LAB = 7;

  static final int KEYS_PER_PROJECT = 5;
  private static final int ROTATIONS = 40;

  private static final List<String> PROJECTS =
      List.of(
          "Customer Chat",
          "Search and Retrieval",
          "Code Assistant",
          "Document Pipeline",
          "Voice Line",
          "Creative Studio",
          "Research",
          "Open Lab");
  private static final List<String> PEOPLE =
      List.of(
          "Ada Brandt",
          "Bruno Keller",
          "Chiara Rossi",
          "Daniel Osei",
          "Elif Kaya",
          "Felix Moreau",
          "Grace Lin",
          "Hugo Santos",
          "Ines Novak",
          "Jonas Berg",
          "Kavya Rao",
          "Liam Walsh",
          "Mina Park",
          "Noah Adler",
          "Olga Petrova");
  private static final List<String> PERSONAL = List.of("laptop", "notebook", "staging");
  private static final List<String> MACHINES = List.of("production", "worker");

  Organization {
    projects = List.copyOf(projects);
    keys = List.copyOf(keys);
    users = List.copyOf(users);
    accounts = List.copyOf(accounts);
  }

  /** A project; {@code archivedAt} is null while it is active. */
  record Project(String id, String name, Instant createdAt, @Nullable Instant archivedAt) {}

  /** A person. */
  record User(String id, String name, String email, String role, Instant addedAt) {}

  /** An identity that is no person. */
  record ServiceAccount(String id, int project, String name, String role, Instant createdAt) {}

  /** An API key; exactly one of user and account owns it. */
  record ApiKey(
      String id,
      int project,
      String name,
      String redacted,
      @Nullable User user,
      @Nullable ServiceAccount account,
      Instant createdAt,
      Instant deletedAt) {
    boolean existsAt(Instant instant) {
      return !instant.isBefore(createdAt) && instant.isBefore(deletedAt);
    }
  }

  /** Eight projects, forty keys, fifteen people, and one project that is archived. */
  static Organization standard(long seed) {
    long bits = Hash.of(seed, "organization");
    var users = new ArrayList<User>();
    for (int i = 0; i < PEOPLE.size(); i++) {
      String role = i < 2 ? "owner" : "reader";
      users.add(user(bits, i, PEOPLE.get(i), role));
    }
    var projects = new ArrayList<Project>();
    for (int i = 0; i < PROJECTS.size(); i++) {
      projects.add(project(bits, i, PROJECTS.get(i), null));
    }
    projects.add(
        project(bits, PROJECTS.size(), "Prototype 2024", FOUNDED.plus(Duration.ofDays(200))));
    var accounts = new ArrayList<ServiceAccount>();
    var keys = new ArrayList<ApiKey>();
    for (int p = 0; p < PROJECTS.size(); p++) {
      for (int k = 0; k < KEYS_PER_PROJECT; k++) {
        boolean personal = k < PERSONAL.size();
        if (p == CODE && k == KEYS_PER_PROJECT - 1) {
          continue; // Taken by the key that is replaced at times.
        }
        String name = personal ? PERSONAL.get(k) : MACHINES.get(k - PERSONAL.size());
        User owner = personal ? users.get((p * PERSONAL.size() + k) % users.size()) : null;
        ServiceAccount account = personal ? null : account(bits, p, k, name);
        if (account != null) {
          accounts.add(account);
        }
        keys.add(
            key(bits, keys.size(), p, PROJECTS.get(p), name, owner, account, FOUNDED, Instant.MAX));
      }
    }
    ServiceAccount runner = account(bits, CODE, KEYS_PER_PROJECT, "build-runner");
    accounts.add(runner);
    for (int i = 0; i < ROTATIONS; i++) {
      Instant from = FOUNDED.plus(ROTATION.multipliedBy(i));
      keys.add(
          key(
              bits,
              1000 + i,
              CODE,
              PROJECTS.get(CODE),
              "build-runner-" + (i + 1),
              null,
              runner,
              from,
              from.plus(ROTATION)));
    }
    return new Organization(
        "org-" + Hash.text(bits, 24), "Simulated Works", projects, keys, users, accounts);
  }

  /** As many projects and keys as asked for, a person for each key. */
  static Organization sized(long seed, Size size) {
    long bits = Hash.of(seed, "sized");
    var projects = new ArrayList<Project>();
    var users = new ArrayList<User>();
    var keys = new ArrayList<ApiKey>();
    for (int p = 0; p < size.projects(); p++) {
      String name = String.format(Locale.ROOT, "Project %03d", p + 1);
      projects.add(project(bits, p, name, null));
      for (int k = 0; k < size.keysPerProject(); k++) {
        int i = keys.size();
        User user = user(bits, i, String.format(Locale.ROOT, "Person %04d", i + 1), "reader");
        users.add(user);
        keys.add(key(bits, i, p, name, "key-" + (k + 1), user, null, FOUNDED, Instant.MAX));
      }
    }
    return new Organization(
        "org-" + Hash.text(bits, 24), "Simulated Works", projects, keys, users, List.of());
  }

  /** The stable keys of a project in order of creation, without those that are replaced. */
  List<ApiKey> keysOf(int project) {
    return keys.stream()
        .filter(key -> key.project() == project && key.deletedAt().equals(Instant.MAX))
        .toList();
  }

  /** The keys that are replaced every {@link #ROTATION}. */
  List<ApiKey> rotated() {
    return keys.stream().filter(key -> !key.deletedAt().equals(Instant.MAX)).toList();
  }

  private static Project project(long bits, int i, String name, @Nullable Instant archivedAt) {
    return new Project(
        "proj_" + Hash.text(Hash.of(bits, 1, i), 24),
        name,
        FOUNDED.plus(Duration.ofHours(i)),
        archivedAt);
  }

  private static User user(long bits, int i, String name, String role) {
    String email = name.toLowerCase(Locale.ROOT).replace(' ', '.') + "@example.com";
    return new User(
        "user-" + Hash.text(Hash.of(bits, 2, i), 24),
        name,
        email,
        role,
        FOUNDED.plus(Duration.ofMinutes(i)));
  }

  private static ServiceAccount account(long bits, int project, int k, String name) {
    return new ServiceAccount(
        "svc_acct_" + Hash.text(Hash.of(Hash.of(bits, 3, project), k), 24),
        project,
        name,
        "member",
        FOUNDED);
  }

  private static ApiKey key(
      long bits,
      int i,
      int project,
      String projectName,
      String name,
      @Nullable User user,
      @Nullable ServiceAccount account,
      Instant from,
      Instant until) {
    long mine = Hash.of(bits, 4, i);
    String prefix = account == null ? "sk-proj" : "sk-svcacct";
    String word = projectName.toLowerCase(Locale.ROOT).split(" ", 2)[0];
    return new ApiKey(
        "key_" + Hash.text(mine, 16),
        project,
        word + "-" + name,
        prefix + "-" + Hash.text(mine, 3) + "...***" + Hash.text(mine + 1, 4),
        user,
        account,
        from.plus(Duration.ofMinutes(i % 60)),
        until);
  }
}
