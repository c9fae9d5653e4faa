package dev.tallyman.cli.config;

import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The part of a {@code tallyman.yaml} that belongs into the ledger. */
public final class SettingsFile {
  /** The members of the file that concern one process alone. */
  static final Set<String> LOCAL = Set.of("data", "server");

  private static final Set<String> SETTINGS =
      Set.of(
          "groups",
          "pools",
          "prices",
          "zones",
          "retention",
          "names",
          "poll",
          "organizations",
          "budgets",
          "channels",
          "alerts");

  private SettingsFile() {}

  /**
   * The settings in a file.
   *
   * @throws Failure of usage that tells every mistake at once
   */
  public static Settings read(Path file) {
    List<Mistake> mistakes = new ArrayList<>();
    Yaml yaml = yaml(file, mistakes);
    Optional<Settings> settings = check(yaml, String.valueOf(file.getFileName()), mistakes);
    if (!mistakes.isEmpty() || settings.isEmpty()) {
      throw new Failure(Exit.USAGE, Mistake.text(mistakes));
    }
    return settings.get();
  }

  /** A file as YAML; what is wrong with it is added to the mistakes. */
  static Yaml yaml(Path file, List<Mistake> mistakes) {
    String name = String.valueOf(file.getFileName());
    try {
      if (Files.size(file) > 4L * Yaml.LIMIT) {
        mistakes.add(new Mistake(name, "the file is too large", "at most 1 MB"));
        return Yaml.EMPTY;
      }
      Yaml yaml = Yaml.parse(Files.readString(file), name);
      mistakes.addAll(yaml.mistakes());
      return yaml;
    } catch (NoSuchFileException _) {
      mistakes.add(new Mistake(name, "there is no file " + file, "check its path"));
      return Yaml.EMPTY;
    } catch (IOException e) {
      mistakes.add(
          new Mistake(
              name,
              "it cannot be read as UTF-8 (" + Failure.message(e) + ")",
              "check its path and rights"));
      return Yaml.EMPTY;
    }
  }

  /** The settings of a file that was read, unless they have mistakes, which are added. */
  static Optional<Settings> check(Yaml yaml, String name, List<Mistake> mistakes) {
    Map<String, Object> shared = new LinkedHashMap<>(yaml.values());
    LOCAL.forEach(shared::remove);
    return switch (Settings.of(shared)) {
      case SettingsResult.Valid(Settings settings) -> Optional.of(settings);
      case SettingsResult.Invalid(var found) -> {
        found.forEach(mistake ->
            mistakes.add(
                new Mistake(
                    name + ":" + yaml.line(mistake.path()),
                    (mistake.path() + " " + mistake.message()).strip(),
                    isUnknownMember(mistake.path(), yaml)
                        ? "besides, " + String.join(" and ", new TreeSet<>(LOCAL))
                        : "")));
        yield Optional.empty();
      }
    };
  }

  /** Whether a mistake is about a member of the whole file that the settings do not have. */
  private static boolean isUnknownMember(String path, Yaml yaml) {
    return yaml.values().containsKey(path) && !SETTINGS.contains(path);
  }
}
