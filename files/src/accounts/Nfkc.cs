using System.Text;

namespace Argosy.Files;

/// <summary>Unicode's compatibility composition (UAX 15), by which names and passwords are compared.</summary>
internal static class Nfkc
{
    /// <summary>The text in NFKC; null where it is no valid Unicode (a lone surrogate).</summary>
    /// <exception cref="InvalidOperationException">This process runs without Unicode data.</exception>
    internal static string? Of(string text)
    {
        RequireWorking(static sample => sample.Normalize(NormalizationForm.FormKC));
        try
        {
            return text.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>
    /// In invariant globalization mode normalization silently returns its input; two spellings of one password would then differ, so
    /// nothing may be compared or stored.
    /// </summary>
    internal static void RequireWorking(Func<string, string> normalize)
    {
        // ANGSTROM SIGN becomes LATIN CAPITAL LETTER A WITH RING ABOVE.
        if (normalize("\u212B") != "\u00C5")
        {
            throw new InvalidOperationException(
                "Unicode normalization does nothing here: unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT and install ICU (libicu).");
        }
    }
}
