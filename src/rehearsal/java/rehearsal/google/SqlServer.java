package rehearsal.google;

/** The PostgreSQL that the rehearsal's instances of Cloud SQL are. */
public interface SqlServer {

    /** The private address at whose port 5432 it listens. */
    String address();

    /** Makes a user, or gives it another password. */
    void user(String name, String password);

    /** Makes a database. */
    void database(String name);

    /** Deletes a database and all that is in it. */
    void drop(String name);
}
