namespace Argosy.Client;

/// <summary>A file on the server has become another since it was looked at.</summary>
internal sealed class OtherRevisionException() : IOException("The file on the server changed while it was fetched. Get it again.");
