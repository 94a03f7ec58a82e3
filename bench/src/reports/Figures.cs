using System.Globalization;

namespace Argosy.Bench;

/// <summary>How figures are written for people: three digits are all that such measurements bear.</summary>
internal static class Figures
{
    /// <summary>Such as 63.1k, 4.25, 870.</summary>
    public static string Short(double value) => value switch
    {
        double.NaN => "?",
        >= 999_500 => Digits(value / 1_000_000) + "M",
        >= 9_995 => Digits(value / 1_000) + "k",
        >= 999.5 => value.ToString("0", CultureInfo.InvariantCulture),
        _ => Digits(value),
    };

    private static string Digits(double value) => Math.Abs(value) switch
    {
        >= 99.95 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 9.995 => value.ToString("0.0", CultureInfo.InvariantCulture),
        < 0.005 => "0.00", // not -0.00
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
