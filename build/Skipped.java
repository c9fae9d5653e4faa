import module java.base;
import module java.xml;

import org.w3c.dom.Element;

/**
 * Tells which tests of this build were skipped and how to run them. With {@code CI=true} a skipped
 * test fails the build, unless it needs a Docker engine.
 *
 * <p>Arguments: the root of the modules; the instant at which the build began, since reports that
 * are older are those of another build.
 */
void main(String[] args) throws Exception {
  var skipped = new TreeMap<String, Set<String>>();
  for (Path report : reports(Path.of(args[0]), Instant.parse(args[1]))) {
    var suite =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(report.toFile())
            .getDocumentElement();
    var elements = suite.getElementsByTagName("skipped");
    for (int i = 0; i < elements.getLength(); i++) {
      var element = (Element) elements.item(i);
      var test = ((Element) element.getParentNode()).getAttribute("name");
      skipped
          .computeIfAbsent(reason(element), _ -> new TreeSet<>())
          // A class that is skipped as a whole names no test.
          .add(simpleName(suite.getAttribute("name")) + (test.isEmpty() ? "" : "." + test));
    }
  }

  if (skipped.isEmpty()) return;
  IO.println("Skipped tests, and how to run them:");
  skipped.forEach((reason, tests) -> {
    IO.println("  " + (needsDocker(reason) ? "start a Docker engine" : reason));
    tests.forEach(test -> IO.println("    " + test));
  });
  if ("true".equals(System.getenv("CI"))
      && !skipped.keySet().stream().allMatch(this::needsDocker)) {
    IO.println("With CI=true only a test that needs a Docker engine may be skipped.");
    System.exit(1);
  }
}

List<Path> reports(Path root, Instant since) throws IOException {
  try (var files =
      Files.find(
          root,
          8,
          (file, attributes) ->
              isReport(file) && !attributes.lastModifiedTime().toInstant().isBefore(since))) {
    return files.sorted().toList();
  }
}

boolean isReport(Path file) {
  return file.toString().matches(".*/target/(surefire|failsafe)-reports/TEST-[^/]*\\.xml");
}

/** What {@code @Disabled} or a failed assumption says; the latter stands in a stack trace. */
String reason(Element skipped) {
  return (skipped.getAttribute("message") + skipped.getTextContent())
      .lines()
      .findFirst()
      .map(line -> line.replaceFirst("^.*TestAbortedException: (Assumption failed: )?", ""))
      .orElse("no reason given");
}

String simpleName(String className) {
  return className.substring(className.lastIndexOf('.') + 1);
}

boolean needsDocker(String reason) {
  return reason.contains("Docker");
}
