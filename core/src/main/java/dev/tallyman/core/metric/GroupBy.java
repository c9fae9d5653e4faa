package dev.tallyman.core.metric;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What an answer can be grouped and filtered by, and a budget be for: a built-in dimension, or a
 * named one. Which of them a metric has, {@link Metric#dimensions} says.
 */
public sealed interface GroupBy {
  GroupBy ENDPOINT = BuiltIn.ENDPOINT;
  GroupBy PROJECT = BuiltIn.PROJECT;
  GroupBy KEY = BuiltIn.KEY;
  GroupBy USER = BuiltIn.USER;
  GroupBy MODEL = BuiltIn.MODEL;
  GroupBy GROUP = BuiltIn.GROUP;
  GroupBy TIER = BuiltIn.TIER;
  GroupBy BATCH = BuiltIn.BATCH;
  GroupBy LINE_ITEM = BuiltIn.LINE_ITEM;

  /** The built-in ones, in the order in which answers list them. */
  List<GroupBy> BUILT_IN = List.of(BuiltIn.values());

  /** Built-in ones as they are listed, then named ones by their ids. */
  Comparator<GroupBy> ORDER =
      Comparator.<GroupBy>comparingInt(
              by -> by instanceof BuiltIn ? BUILT_IN.indexOf(by) : BUILT_IN.size())
          .thenComparing(GroupBy::id);

  /** The name in the API, on the command line and in exports. */
  String id();

  /** The dimension of this name, or empty. */
  static Optional<GroupBy> of(String id) {
    for (GroupBy by : BUILT_IN) {
      if (by.id().equals(id)) {
        return Optional.of(by);
      }
    }
    return Named.isName(id) ? Optional.of(new Named(id)) : Optional.empty();
  }

  /** These in their order. */
  static SortedSet<GroupBy> sorted(Collection<GroupBy> dimensions) {
    SortedSet<GroupBy> sorted = new TreeSet<>(ORDER);
    sorted.addAll(dimensions);
    return sorted;
  }

  /** An empty map by dimension, in their order. */
  static <V> SortedMap<GroupBy, V> map() {
    return new TreeMap<>(ORDER);
  }

  /** What the rows of usage and of bills are told apart by. */
  enum BuiltIn implements GroupBy {
    /** The Usage API's endpoint, for instance {@code completions}. */
    ENDPOINT("endpoint"),
    /** The id of a project. */
    PROJECT("project"),
    /** The id of an API key. */
    KEY("key"),
    /** The id of a user or service account. */
    USER("user"),
    /** The model's name as the provider gives it. */
    MODEL("model"),
    /** The model group whose pool the model draws on; completions only. */
    GROUP("group"),
    /** How a request was processed: {@code default}, {@code priority}, {@code flex} and so on. */
    TIER("tier"),
    /** The text {@code true} for what ran in a batch, else {@code false}. */
    BATCH("batch"),
    /** The text by which the provider charges. */
    LINE_ITEM("line_item");

    private final String id;

    BuiltIn(String id) {
      this.id = id;
    }

    @Override
    public String id() {
      return id;
    }
  }

  /**
   * What only calls carry that were metered one by one: who made them, and their tags. Rows that
   * the provider reports have no value of it.
   *
   * @param id {@code client}, or {@code tag:} with the tag's name: 1 to 40 of a-z, 0-9, - and _
   */
  record Named(String id) implements GroupBy {
    /** What the names of tags begin with, which hold a colon therefore. */
    public static final String TAG = "tag:";

    private static final Pattern NAME = Pattern.compile("client|" + TAG + "[a-z0-9_-]{1,40}");

    public Named {
      if (!isName(id)) {
        throw new IllegalArgumentException("'" + id + "' is neither client nor tag:<name>");
      }
    }

    static boolean isName(String id) {
      return NAME.matcher(id).matches();
    }
  }
}
