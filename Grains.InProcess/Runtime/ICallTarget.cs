namespace Orleans.InProcess;

/// <summary>What takes the requests for one grain id.</summary>
internal interface ICallTarget
{
    /// <summary>False if it is gone and the request must find its successor.</summary>
    bool Receive(Request request);
}
