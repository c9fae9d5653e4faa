package dev.tallyman.core.settings;

import dev.tallyman.core.store.Document;
import dev.tallyman.core.store.Fields;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One change of the settings document, for the log of changes.
 *
 * @param version counts the changes, from 1
 * @param at when, to the millisecond
 * @param who for instance {@code operator 9f86d081}, {@code local}
 * @param differences what changed, by path
 */
public record SettingsChange(long version, Instant at, String who, List<Difference> differences) {
  public SettingsChange {
    at = Instant.ofEpochMilli(at.toEpochMilli());
    differences = List.copyOf(differences);
  }

  /**
   * A part of the document that changed.
   *
   * @param path where, for instance {@code budgets.team-a.limit}
   * @param before what it said; null if it was not there
   * @param after what it says; null if it is there no more
   */
  public record Difference(String path, @Nullable Object before, @Nullable Object after) {}

  /** What has to change for one document to become another, sorted by path. */
  static List<Difference> differences(Map<String, ?> before, Map<String, ?> after) {
    var differences = new ArrayList<Difference>();
    collect("", before, after, differences);
    return differences;
  }

  private static void collect(
      String path, @Nullable Object before, @Nullable Object after, List<Difference> into) {
    if (before instanceof Map<?, ?> old && after instanceof Map<?, ?> young) {
      var names = new TreeSet<String>();
      old.keySet().forEach(name -> names.add((String) name));
      young.keySet().forEach(name -> names.add((String) name));
      for (String name : names) {
        collect(path.isEmpty() ? name : path + "." + name, old.get(name), young.get(name), into);
      }
    } else if (!Objects.equals(before, after)) {
      into.add(new Difference(path, before, after));
    }
  }

  /** As it is kept. */
  Map<String, @Nullable Object> document() {
    var document = new TreeMap<String, @Nullable Object>();
    document.put("version", version);
    document.put("at", at.toEpochMilli());
    document.put("who", who);
    document.put(
        "differences",
        differences.stream()
            .map(each -> {
              var difference = new TreeMap<String, @Nullable Object>();
              difference.put("path", each.path());
              difference.put("before", each.before());
              difference.put("after", each.after());
              return difference;
            })
            .toList());
    return document;
  }

  /** A change from how it is kept; empty for no fields. */
  static Optional<SettingsChange> of(Fields fields) {
    return fields.number("version") == 0
        ? Optional.empty()
        : Optional.of(
            new SettingsChange(
                fields.number("version"),
                Instant.ofEpochMilli(fields.number("at")),
                fields.text("who").orElse(""),
                fields.list("differences").stream()
                    .map(each ->
                        new Difference(
                            each.text("path").orElse(""),
                            each.members().get("before"),
                            each.members().get("after")))
                    .toList()));
  }

  byte[] encoded() {
    return Document.encode(document());
  }
}
