using System.Text;

namespace Argosy.Files;

/// <summary>
/// INI as Python's configparser reads it: <c>[section]</c>, <c>key = value</c> or <c>key: value</c>, keys in any case, comment lines with
/// <c>#</c> or <c>;</c>. A value is taken to the end of its line, so that a password may hold any of these. Unlike there, <c>%</c> is nothing
/// special, and a value never goes on in the next line: such a line is refused, since it was more likely meant as a key.
/// </summary>
internal static class IniText
{
    /// <summary>The sections in their order.</summary>
    /// <exception cref="AccountImportException">It cannot be read; the message names the line.</exception>
    internal static IReadOnlyList<ImportedSection> Read(ReadOnlySpan<byte> text)
    {
        var sections = new List<ImportedSection>();
        var indent = int.MaxValue;
        var number = 0;
        foreach (var line in Lines(text))
        {
            number++;
            var content = line.Trim();
            if (content.Length == 0 || content[0] is '#' or ';') continue;

            var column = line.Length - line.TrimStart().Length;
            if (content[0] == '[')
            {
                sections.Add(Header(content, number, sections));
                indent = int.MaxValue;
            }
            else
            {
                if (sections.Count == 0) throw new AccountImportException(number, ImportText.KeyBeforeSection);
                if (column > indent) throw new AccountImportException(number, ImportText.Indented);

                AddValue(content, number, sections[^1]);
                indent = column;
            }
        }

        return sections;
    }

    private static ImportedSection Header(string content, int number, List<ImportedSection> sections)
    {
        var end = content.IndexOf(']');
        var rest = end < 0 ? "" : content[(end + 1)..].TrimStart();
        if (end < 2 || rest is not ("" or ['#' or ';', ..])) throw new AccountImportException(number, ImportText.Section);

        var name = content[1..end];
        if (sections.Find(each => each.Name == name) is { } first)
            throw new AccountImportException(number, ImportText.SectionTwice(name, first.Line));

        return new ImportedSection(name, number, []);
    }

    private static void AddValue(string content, int number, ImportedSection section)
    {
        var split = content.AsSpan().IndexOfAny('=', ':');
        var key = split < 0 ? "" : content[..split].TrimEnd().ToLowerInvariant();
        if (key.Length == 0) throw new AccountImportException(number, ImportText.Line);

        var value = new ImportedValue(content[(split + 1)..].TrimStart(), number);
        if (!section.Values.TryAdd(key, value))
            throw new AccountImportException(number, ImportText.KeyTwice(key, section.Values[key].Line));
    }

    private static IEnumerable<string> Lines(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];

        var lines = new List<string>();
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        foreach (var range in text.Split((byte)'\n'))
        {
            try
            {
                lines.Add(strict.GetString(text[range]).TrimEnd('\r'));
            }
            catch (DecoderFallbackException)
            {
                throw new AccountImportException(lines.Count + 1, ImportText.NotUtf8);
            }
        }

        return lines;
    }
}
