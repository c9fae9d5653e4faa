package dev.tallyman.stack;

import dev.tallyman.dynamodb.Checkout;
import dev.tallyman.dynamodb.Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A function of template.yaml.
 *
 * @param name its name there
 * @param module the module that it is built by
 */
public record Function(String name, String module) {
  public static final Function API = new Function("Api", "api-function");

  public static final Function POLLER = new Function("Poller", "poller-function");

  public static final Function ALERT = new Function("Alert", "alert-function");

  /** Those whose code is held against the template. */
  static final List<Function> CHECKED = List.of(ALERT, API, POLLER);

  /** The folder that becomes its zip: classes, and jars in {@code lib}. */
  public Path packaged() {
    var folder = target().resolve("lambda");
    if (!Files.isDirectory(folder)) {
      throw new IllegalStateException(folder + " is missing: run `mvn package` first");
    }
    return folder;
  }

  /** The jars that it comes with. */
  List<Path> jars() {
    try (var files = Files.list(packaged().resolve("lib"))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The class that Lambda starts, as the template names it. */
  String handler(Template template) {
    return String.valueOf(template.at("Resources", name, "Properties", "Handler"))
        .replaceFirst("::.*", "");
  }

  @Override
  public String toString() {
    return name;
  }

  private Path target() {
    return target(module);
  }

  /**
   * Where Maven writes this build of a module: in the folder of the module that these classes were
   * loaded by, whether as classes or as a jar, is one of the same name.
   */
  static Path target(String module) {
    try {
      var root = Checkout.find("stack").orElseThrow().resolveSibling(".").normalize();
      var target =
          Path.of(Function.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      while (!target.endsWith("target")) {
        target = Objects.requireNonNull(target.getParent());
      }
      var below = root.relativize(target);
      return root.resolve(module).resolve(below.subpath(1, below.getNameCount()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
