namespace Argosy.Wire;

/// <summary>What is wrong with a record of many.</summary>
internal static class PackText
{
    public const string TooLong = "A record of the body is longer than one may be.";
    public const string WrongSum = "A record of the body does not match its checksum.";
    public const string Unknown = "A record of the body holds a value that means nothing.";
}
