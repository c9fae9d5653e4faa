package dev.tallyman.stack;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * What of our own code a function can come to run, seen from what Lambda calls: its constructor and
 * {@code handleRequest}. Where a method may be overridden, every class of ours that does counts; so
 * does what a class has for others to call, such as {@code close}, once one of its methods is run.
 */
final class CallGraph {
  private static final String OURS = "dev.tallyman.";

  private final Set<JavaCodeUnit> reached = new LinkedHashSet<>();
  private final Set<JavaClass> used = new LinkedHashSet<>();
  private final Deque<JavaCodeUnit> waiting = new ArrayDeque<>();

  private CallGraph() {}

  /** Of the classes in a function's own folder and in those of its jars that are ours. */
  static CallGraph of(Function function, String handler) {
    var locations = new ArrayList<Location>();
    locations.add(Location.of(function.packaged().resolve("dev")));
    var jars = new ArrayList<JarFile>();
    try {
      for (Path jar : function.jars()) {
        if (jar.getFileName().toString().startsWith("tallyman-")) {
          jars.add(new JarFile(jar.toFile()));
          locations.add(Location.of(jars.getLast()));
        }
      }
      JavaClasses classes = new ClassFileImporter().importLocations(locations);
      for (JarFile jar : jars) {
        jar.close();
      }
      return from(classes.get(handler));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From one class on, which Lambda makes and calls. */
  static CallGraph from(JavaClass handler) {
    var graph = new CallGraph();
    graph.reach(handler.getConstructor());
    handler.getMethods().stream()
        .filter(method -> method.getName().equals("handleRequest"))
        .forEach(graph::reach);
    while (!graph.waiting.isEmpty()) {
      graph.waiting.remove().getAccessesFromSelf().forEach(graph::follow);
    }
    return graph;
  }

  /** The classes of ours of which something is run. */
  Set<JavaClass> classes() {
    return used;
  }

  /**
   * The AWS actions that calls need: {@code dynamodb:GetItem} for {@code DynamoDbClient.getItem}.
   */
  Set<String> actions() {
    var actions = new TreeSet<String>();
    reached.stream()
        .flatMap(unit -> unit.getAccessesFromSelf().stream())
        .flatMap(
            access -> AwsCall.action(access.getTargetOwner().getName(), access.getName()).stream())
        .forEach(actions::add);
    return actions;
  }

  private void follow(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    if (!isOurs(owner)) {
      return;
    }
    use(owner);
    access.getTarget().resolveMember().ifPresent(this::reachMember);
  }

  private void reachMember(JavaMember member) {
    if (member instanceof JavaCodeUnit unit) {
      reach(unit);
      if (unit.isMethod()) {
        overriding(unit).forEach(this::reach);
      }
    }
  }

  private void reach(JavaCodeUnit unit) {
    if (isOurs(unit.getOwner()) && reached.add(unit)) {
      waiting.add(unit);
      use(unit.getOwner());
    }
  }

  private void use(JavaClass type) {
    if (used.add(type)) {
      type.getStaticInitializer().ifPresent(this::reach);
      Set<String> called = calledByOthers(type);
      type.getMethods().stream()
          .filter(method -> !method.getModifiers().contains(JavaModifier.STATIC))
          .filter(method -> called.contains(method.getName()))
          .forEach(this::reach);
    }
  }

  private static Stream<? extends JavaCodeUnit> overriding(JavaCodeUnit method) {
    List<String> parameters =
        method.getRawParameterTypes().stream().map(JavaClass::getName).toList();
    return method.getOwner().getAllSubclasses().stream()
        .flatMap(type ->
            type.tryGetCodeUnitWithParameterTypeNames(method.getName(), parameters).stream());
  }

  /** The names of methods that classes of others declare which this one extends. */
  private static Set<String> calledByOthers(JavaClass type) {
    var names = new TreeSet<String>();
    Stream.concat(type.getAllRawSuperclasses().stream(), type.getAllRawInterfaces().stream())
        .filter(parent -> !isOurs(parent))
        .forEach(parent -> parent.getMethods().forEach(method -> names.add(method.getName())));
    return names;
  }

  private static boolean isOurs(JavaClass type) {
    return type.getName().startsWith(OURS);
  }
}
