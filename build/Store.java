import module java.base;

/**
 * Writes every jar of a folder again without compression, the entries and their order as they were.
 * A function starts faster from such jars, and its zip, which is compressed once more, is smaller
 * than one of compressed jars. A jar that is not compressed is left as it is.
 */
void main(String[] args) throws IOException {
  List<Path> jars;
  try (var files = Files.list(Path.of(args[0]))) {
    jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
  }
  for (Path jar : jars) {
    store(jar);
  }
}

void store(Path jar) throws IOException {
  Path stored = jar.resolveSibling(jar.getFileName() + ".stored");
  try (var from = new ZipFile(jar.toFile())) {
    if (from.stream().allMatch(entry -> entry.getMethod() == ZipEntry.STORED)) return;
    try (var to = new ZipOutputStream(Files.newOutputStream(stored))) {
      for (var entry : Collections.list(from.entries())) {
        byte[] bytes = from.getInputStream(entry).readAllBytes();
        var checksum = new CRC32();
        checksum.update(bytes);
        var copy = new ZipEntry(entry.getName());
        copy.setTimeLocal(entry.getTimeLocal());
        copy.setMethod(ZipEntry.STORED);
        copy.setSize(bytes.length);
        copy.setCrc(checksum.getValue());
        to.putNextEntry(copy);
        to.write(bytes);
      }
    }
  }
  Files.move(stored, jar, StandardCopyOption.REPLACE_EXISTING);
}
