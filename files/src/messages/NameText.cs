namespace Argosy.Files;

/// <summary>What is wrong with a path that a client names.</summary>
internal static class NameText
{
    public const string Empty = "A name is needed; this one is empty.";
    public const string Nul = "A name cannot hold a NUL byte.";
    public const string PathTooLong = "The path is longer than 4,096 bytes.";
    public const string TooLong = "A name is longer than 255 bytes.";
}
